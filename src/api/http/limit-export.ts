import type { FastifyReply, FastifyRequest } from 'fastify';
import { TIMEOUTS } from '../../contract/timeouts';

/** The time limits of one export. */
export interface ExportLimit {
  /** Aborted when the answer ends for any reason. */
  readonly signal: AbortSignal;
  /** Call this for each item that the reader takes. */
  taken(): void;
}

/** Closes the connection of an export whose reader takes nothing for too long, or needs too long for all of it. */
export function limitExport({ log }: FastifyRequest, { raw }: FastifyReply): ExportLimit {
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
