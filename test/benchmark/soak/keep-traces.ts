import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import type { Traces } from './check-leaks';

/** Keeps the files that show why a promise was broken. */
export async function keepTraces(directory: string, traces: Traces): Promise<void> {
  await mkdir(directory, { recursive: true });
  const files = new Map<string, string>();
  traces.workerLogs.forEach((log, number) => {
    files.set(`worker-${number + 1}.log`, log);
  });
  for (const [table, text] of traces.tables) files.set(`${table}.jsonl`, text);
  const histories = traces.histories.map((history) =>
    JSON.stringify(temporal.api.history.v1.History.fromObject(history).toJSON()),
  );
  files.set('histories.jsonl', histories.join('\n'));
  for (const [name, content] of files) await writeFile(join(directory, name), content);
}
