import { setTimeout as pause } from 'node:timers/promises';
import { answer, send } from './answer';
import type { Connection } from './connection';
import { STEPS } from './faults';
import type { PlannedSteps } from './step-table';

const { hang, hangForever, error500, status, unauthorized, rejectToken, redirect, reset } = STEPS;

/** The faults that send nothing of what the caller requested, whichever partner it is. */
export const REFUSAL_STEPS = {
  hang,
  hangForever,
  error500,
  status,
  unauthorized,
  rejectToken,
  redirect,
  reset,
} as const;

type RefusalSteps = PlannedSteps<typeof REFUSAL_STEPS>;

/** Carries out each of them. Those that end in silence leave the response open until the caller disconnects. */
export const REFUSALS: {
  [Name in keyof RefusalSteps]: (connection: Connection, step: RefusalSteps[Name]) => void | Promise<void>;
} = {
  hang: async ({ response, signal, ...connection }, { hangMs = connection.hangMs }) => {
    await pause(hangMs, undefined, { signal });
    send(response, answer(408));
  },
  hangForever: () => {},
  error500: ({ response }) => send(response, answer(500)),
  status: ({ response }, { status, retryAfter }) =>
    send(response, answer(status, undefined, retryAfter === undefined ? {} : { 'Retry-After': retryAfter })),
  unauthorized: ({ response }) => send(response, answer(401)),
  rejectToken: ({ response }) => send(response, answer(403)),
  redirect: ({ response }, { location, status }) =>
    send(response, answer(status, undefined, { Location: location })),
  reset: ({ request }) => {
    request.socket.resetAndDestroy();
  },
};
