import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runProgram } from '../support/command';

/** What promtool said, and with which exit code. */
export interface Verdict {
  readonly code: number | null;
  readonly output: string;
}

/** The verdict if every expectation is met. */
export const SUCCESS = { code: 0, output: expect.stringContaining('SUCCESS') };

/**
 * Lets promtool evaluate rules, a minute after the other, in its own time.
 *
 * @param rulesFile the absolute path of the rules
 * @param tests the series and what to expect, in promtool's notation
 */
export async function testRules(rulesFile: string, tests: readonly object[]): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), 'promtool-'));
  try {
    const file = join(folder, 'test.yml');
    await writeFile(file, stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests }));
    const { code, stdout, stderr } = await runProgram('promtool', ['test', 'rules', file]);
    return { code, output: stdout + stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}
