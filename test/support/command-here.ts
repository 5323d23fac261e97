import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../src/cli/run-command';
import { withOutside } from '../../src/process/outside';
import type { Finished } from './command';

/** Milliseconds to wait until a command that has ended has closed what it opened. */
const PATIENCE = 60_000;
/** Kinds of resources that keep a process running until they are closed. */
const HANDLES = new Set([
  ...['TCPWRAP', 'TCPSERVERWRAP', 'TLSWRAP', 'PIPEWRAP', 'PIPESERVERWRAP', 'UDPWRAP', 'TTYWRAP'],
  ...['Timeout', 'PROCESSWRAP', 'SIGNALWRAP', 'FSEVENTWRAP', 'STATWATCHER', 'WORKER', 'MESSAGEPORT'],
]);

/** The handles that a command has opened and not closed, by their asynchronous id. */
type Handles = Map<number, { kind: string; handle: { hasRef?(): boolean } }>;

const opener = new AsyncLocalStorage<Handles>();
const openers = new Map<number, Handles>();
const watching = createHook({
  init(id, kind, _trigger, handle) {
    const handles = HANDLES.has(kind) && opener.getStore();
    if (!handles) return;
    handles.set(id, { kind, handle });
    openers.set(id, handles);
  },
  destroy(id) {
    openers.get(id)?.delete(id);
    openers.delete(id);
  },
});

let running = 0;

/** Watches what opens while it acts. Not longer, because a hook makes each promise of the process slower. */
async function watched<T>(act: () => Promise<T>): Promise<T> {
  if (running === 0) watching.enable();
  running += 1;
  try {
    return await act();
  } finally {
    running -= 1;
    if (running === 0) {
      watching.disable();
      openers.clear();
    }
  }
}

/**
 * Runs a command to its end in the process of the test, with these variables and PATH, and no others. A command in its
 * own process takes half a second of CPU time.
 *
 * @throws Error if the command does not close what it opened, or changes the process
 */
export function runHere(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return watched(() => run(args, env));
}

async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  const output = { stdout: '', stderr: '' };
  const collect = (name: keyof typeof output) => ({
    write: (text: string) => {
      output[name] += text;
    },
  });
  // As npx sets it: advice then names the command `npx provider-sync`.
  const all = { PATH: process.env.PATH, npm_command: 'exec', ...env };
  const outside = {
    env: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
  };
  const handles: Handles = new Map();
  const before = stateOfProcess();
  const code = await opener.run(handles, () => withOutside(outside, () => runCommand(args)));
  const finished = { code, ...output };
  expect(stateOfProcess()).toEqual(before);
  await closed(handles, args);
  return finished;
}

/** What a command must leave as it is, for the next one. */
function stateOfProcess() {
  return {
    env: { ...process.env },
    exitCode: process.exitCode,
    folder: process.cwd(),
    listeners: process.eventNames().map((name) => [name, process.listenerCount(name)]),
  };
}

async function closed(handles: Handles, args: readonly string[]): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const open = [...handles.values()].filter(({ handle }) => handle.hasRef?.());
    if (open.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(`${args.join(' ')} left open: ${open.map(({ kind }) => kind).join(', ')}`);
    }
    await sleep(5);
  }
}
