import { spawnSync } from 'node:child_process';

const READ = `
import csv, io, json, sys
csv.field_size_limit(2 ** 30)
text = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8-sig', newline='')
print(json.dumps(list(csv.reader(text, strict=True))))
`;

/** Rows of a CSV file, the header first. Python's csv module reads them, as an independent parser. */
function readCsv(file: string | Uint8Array): string[][] {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', READ], {
    input: file,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`Python cannot read this CSV: ${stderr}`);
  return JSON.parse(stdout) as string[][];
}

/** Rows of a CSV file as objects with the names in its header. */
export function readCsvRows(file: string | Uint8Array): Record<string, string>[] {
  const [header = [], ...rows] = readCsv(file);
  return rows.map((row) => {
    if (row.length !== header.length) {
      throw new Error(`A row has ${row.length} cells: ${JSON.stringify(row)}`);
    }
    return Object.fromEntries(header.map((name, place) => [name, row[place] ?? '']));
  });
}
