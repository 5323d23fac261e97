import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CheckedProvider, RejectedRecord } from '../../contract/answer';
import { PACKAGE_ROOT } from '../../process/package-root';
import { PartnerFailure } from '../call/partner-failure';
import type { EvaluatedAnswer } from './evaluate-answer';
import type { ThreadInput, ThreadMessage } from './evaluating-thread';

/** The compiled file: a thread can run only JavaScript. */
const THREAD_PATH = join(PACKAGE_ROOT, 'dist/src/partner/answer/evaluating-thread.js');

/**
 * Like `createEvaluation`, in a thread of its own. A large answer takes seconds; meanwhile the main thread must send
 * heartbeats and serve other runs. The result arrives in parts for the same reason.
 *
 * @throws the signal's reason if it ended the work
 */
export async function evaluateInThread(input: ThreadInput, signal: AbortSignal): Promise<EvaluatedAnswer> {
  signal.throwIfAborted();
  // A copy, because small buffers share memory with others that must not be transferred to the thread.
  const body = new Uint8Array(input.body);
  const thread = new Worker(THREAD_PATH, { workerData: { ...input, body }, transferList: [body.buffer] });
  try {
    return await collect(thread, signal);
  } finally {
    await thread.terminate();
  }
}

function collect(thread: Worker, signal: AbortSignal): Promise<EvaluatedAnswer> {
  const providers: CheckedProvider[] = [];
  const rejected: RejectedRecord[] = [];
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    thread.on('error', (error) => reject(toFailure(error)));
    thread.on('exit', () => reject(new Error('the thread that checks an answer ended early')));
    thread.on('message', (message: ThreadMessage) => {
      if ('failure' in message) {
        reject(new PartnerFailure(message.failure.type, message.failure.message));
        return;
      }
      providers.push(...message.providers);
      rejected.push(...message.rejected);
      if (!message.rest) thread.postMessage('next');
      else resolve({ ...message.rest, answer: { ...message.rest.answer, providers, rejected } });
    });
    thread.postMessage('next');
  });
}

/** If the memory is exhausted, only the thread ends. The process and its other runs continue. */
function toFailure(error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new PartnerFailure('ResponseTooLarge', 'the answer takes more memory than this worker has');
}
