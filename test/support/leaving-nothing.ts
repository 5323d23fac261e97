import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds to wait until an act that has ended has closed what it opened. */
const PATIENCE = 60_000;
/** Kinds of resources that keep a process running until they are closed. */
const HANDLES = new Set([
  ...['TCPWRAP', 'TCPSERVERWRAP', 'TLSWRAP', 'PIPEWRAP', 'PIPESERVERWRAP', 'UDPWRAP', 'TTYWRAP'],
  ...['Timeout', 'PROCESSWRAP', 'SIGNALWRAP', 'FSEVENTWRAP', 'STATWATCHER', 'WORKER', 'MESSAGEPORT'],
]);

/** The handles that an act has opened and not closed, by their asynchronous id. */
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
/** The acts that are watched now. */
let acts = 0;

/**
 * Acts in the process of the test. Several acts can be watched at the same time.
 *
 * @param name of the act, for the error
 * @throws Error if the act does not close what it opened, or changes the process
 */
export async function leavingNothing<T>(
  name: string,
  act: () => Promise<T>,
  patience = PATIENCE,
): Promise<T> {
  if (acts === 0) watching.enable();
  acts += 1;
  try {
    const handles: Handles = new Map();
    const before = stateOfProcess();
    const result = await opener.run(handles, act);
    expect(stateOfProcess()).toEqual(before);
    await closed(handles, name, patience);
    return result;
  } finally {
    acts -= 1;
    if (acts === 0) {
      watching.disable();
      openers.clear();
    }
  }
}

/** What an act must leave as it is, for the next one. */
function stateOfProcess() {
  return {
    env: { ...process.env },
    exitCode: process.exitCode,
    folder: process.cwd(),
    listeners: process.eventNames().map((name) => [name, process.listeners(name as NodeJS.Signals)]),
  };
}

async function closed(handles: Handles, name: string, patience: number): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    const open = [...handles.values()].filter(({ handle }) => handle.hasRef?.());
    if (open.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(`${name} left open: ${open.map(({ kind }) => kind).join(', ')}`);
    }
    await sleep(5);
  }
}
