import { AsyncLocalStorage } from 'node:async_hooks';

/** What a command reads from its caller and writes to it. */
export interface Outside {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: Output;
  readonly stderr: Output;
  /** The exit code, if it is known before the end. */
  exitCode?: number | string | null | undefined;
}

export interface Output {
  write(text: string): unknown;
  /** Bytes that wait for the reader. */
  readonly writableLength?: number;
  /** True on a terminal. */
  readonly isTTY?: boolean;
  /** The width of the terminal. */
  readonly columns?: number;
}

const given = new AsyncLocalStorage<Outside>();

/** The outside of the command that is running here: by default this process. */
export function outside(): Outside {
  return given.getStore() ?? process;
}

/**
 * Acts with another outside, so that several commands can run in one process at the same time. The tests use it; the
 * program itself always has the outside of its process.
 */
export function withOutside<T>(other: Outside, act: () => T): T {
  return given.run(other, act);
}
