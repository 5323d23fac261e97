import type { FastifyReply, FastifyRequest } from 'fastify';
import { TIMEOUTS } from '../../contract/timeouts';

/** Holds an export to its bounds. */
export interface ExportWatch {
  /** Aborted with the end of the answer, whoever ended it. */
  readonly signal: AbortSignal;
  /** To be called as often as something was taken. */
  taken(): void;
}

/** Ends an answer, and the connection with it, whose reader takes nothing any more, or too long for all of it. */
export function watchExport({ log }: FastifyRequest, { raw }: FastifyReply): ExportWatch {
  const ending = new AbortController();
  const endAfter = (milliseconds: number, why: string) =>
    setTimeout(() => {
      log.warn({ seconds: milliseconds / 1000 }, `An export was ended: ${why}`);
      raw.destroy();
    }, milliseconds);
  const stall = endAfter(TIMEOUTS.exportStall, 'its reader took nothing for too long');
  const whole = endAfter(TIMEOUTS.export, 'its reader took too long for all of it');
  const end = () => {
    clearTimeout(stall);
    clearTimeout(whole);
    ending.abort();
  };
  if (raw.destroyed) end();
  else raw.once('close', end);
  return {
    signal: ending.signal,
    taken() {
      if (!ending.signal.aborted) stall.refresh();
    },
  };
}
