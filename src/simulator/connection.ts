import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallLog } from './call-log';

/** One call to a simulated partner. */
export interface Connection {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Milliseconds of silence, unless the step sets them. */
  readonly hangMs: number;
  /** Aborted when the answer is complete or the connection is closed. */
  readonly signal: AbortSignal;
}

/**
 * Logs a call from its arrival to its end.
 *
 * @returns a signal that aborts when the answer is complete or the connection is closed
 */
export function followCall<Fault extends string>(
  log: CallLog<Fault>,
  arrived: Parameters<CallLog<Fault>['begin']>[0],
  request: IncomingMessage,
  response: ServerResponse,
): AbortSignal {
  const end = log.begin(arrived);
  const signal = signalOver(request, response);
  signal.addEventListener('abort', () =>
    end(
      response.headersSent ? response.statusCode : null,
      response.writableFinished ? 'answered' : 'aborted',
    ),
  );
  return signal;
}

function signalOver({ socket }: IncomingMessage, response: ServerResponse): AbortSignal {
  const over = new AbortController();
  const abort = () => {
    socket.off('close', abort);
    over.abort();
  };
  response.once('close', abort);
  // A response that waits behind an earlier one has no connection yet, and so emits no event when it closes.
  socket.once('close', abort);
  return over.signal;
}
