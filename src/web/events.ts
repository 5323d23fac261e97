import { setTimeout as sleep } from 'node:timers/promises';
import sse from '@fastify/sse';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../api/context';
import { sendProblem } from '../api/problem';
import { idSchema } from '../api/schemas';
import { isOngoing, readRunsVersion, readRunVersion } from '../store/read-version';

const LOOK_EVERY_MS = 500;
/** A browser comes back by itself after the end of a stream. */
const LONGEST_MS = 15 * 60_000;
const MOST_STREAMS = 200;

/**
 * `/events`: tells pages that what they show has changed (server-sent events), so that they ask for it anew.
 * `version` is what a page was made from, so that nothing is missed in between.
 */
export async function eventRoutes(root: FastifyInstance, { dataSource, log }: ApiContext): Promise<void> {
  await root.register(sse);
  const app = root.withTypeProvider<ZodTypeProvider>();
  const looks = new Map<string, Promise<string>>();
  let streams = 0;
  let isClosing = false;
  root.addHook('preClose', async () => {
    isClosing = true;
  });

  /** Streams that look for the same share one look. */
  const look = (run: string | undefined): Promise<string> => {
    const key = run ?? '';
    const shared = looks.get(key);
    if (shared) return shared;
    const looking = run === undefined ? readRunsVersion(dataSource) : readRunVersion(dataSource, run);
    looks.set(key, looking);
    setTimeout(() => looks.delete(key), LOOK_EVERY_MS / 2).unref();
    return looking;
  };

  async function* changes(run: string | undefined, seen: string, isOpen: () => boolean) {
    let version = seen;
    const end = Date.now() + LONGEST_MS;
    while (isOpen() && !isClosing && Date.now() < end) {
      const now = await look(run);
      if (now !== version) yield { event: run === undefined ? 'runs' : 'run', data: now };
      version = now;
      if (run !== undefined && !isOngoing(now)) {
        yield { event: 'ended', data: now };
        return;
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  app.get(
    '/events',
    {
      sse: true,
      schema: {
        querystring: z.object({ run: idSchema.optional(), version: z.string().max(64).default('') }),
      },
    },
    async (request, reply) => {
      if (streams >= MOST_STREAMS)
        return sendProblem(reply, 503, 'Too many pages are open; try again later.');
      const { run, version } = request.query;
      streams += 1;
      try {
        await reply.sse.send(changes(run, version, () => reply.sse.isConnected));
      } catch (error) {
        // The browser comes back, and is told then.
        log.debug({ reason: String(error) }, 'A stream of events broke off');
      } finally {
        streams -= 1;
      }
    },
  );
}
