import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../../src/process/package-root';
import { fill, generate, partnersSchemaText } from './generated';

/** Brings the generated texts of docs/ up to date: `npm run docs`. */
async function writeDocs(): Promise<void> {
  const folder = join(PACKAGE_ROOT, 'docs');
  const texts = await generate();
  let updated = 0;
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.md'))) {
    const path = join(folder, name);
    const before = readFileSync(path, 'utf8');
    const after = fill(before, texts, new Set());
    if (after === before) continue;
    writeFileSync(path, after);
    process.stdout.write(`Updated docs/${name}\n`);
    updated += 1;
  }
  const schema = join(folder, 'partners.schema.json');
  if (readFileSync(schema, 'utf8') !== partnersSchemaText()) {
    writeFileSync(schema, partnersSchemaText());
    process.stdout.write('Updated docs/partners.schema.json\n');
    updated += 1;
  }
  if (updated === 0) process.stdout.write('docs/ is up to date\n');
}

writeDocs().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
