import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import { PACKAGE_ROOT } from '../../src/process/package-root';

// The SDK's historyToJSON needs exactly one copy of protobufjs, which npm does not guarantee.
const HistoryMessage = temporal.api.history.v1.History;

export type History = temporal.api.history.v1.IHistory;

/** One folder for each recorded version, because runs of an older version may still be open. */
const FOLDER = join(PACKAGE_ROOT, 'test/replay/histories');

export interface RecordedHistory {
  readonly version: string;
  /** The name of its path; with a number if the run became several Temporal runs. */
  readonly path: string;
  readonly history: History;
}

/** The version that records now. */
export function currentVersion(): string {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')).version;
}

export function readHistories(): RecordedHistory[] {
  return readdirSync(FOLDER).flatMap((version) =>
    readdirSync(join(FOLDER, version)).map((file) => ({
      version,
      path: file.replace(/\.json$/, ''),
      history: HistoryMessage.fromObject(JSON.parse(readFileSync(join(FOLDER, version, file), 'utf8'))),
    })),
  );
}

/** Removes the histories of this version. */
export function removeHistories(): void {
  rmSync(join(FOLDER, currentVersion()), { recursive: true, force: true });
}

/** Adds histories to those of this version, without the name of this machine. */
export function writeHistories(histories: ReadonlyMap<string, History>): void {
  const folder = join(FOLDER, currentVersion());
  mkdirSync(folder, { recursive: true });
  for (const [path, history] of histories) {
    const message = HistoryMessage.create(history);
    const json = JSON.stringify(
      HistoryMessage.toObject(message, { longs: String, enums: String, bytes: String }),
    );
    writeFileSync(join(folder, `${path}.json`), `${json.replaceAll(`@${hostname()}`, '@recorder')}\n`);
  }
}
