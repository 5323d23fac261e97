import { setTimeout as sleep } from 'node:timers/promises';
import sse from '@fastify/sse';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../api/context';
import { ProblemError } from '../api/http/problem';
import { healthVersion } from '../operations/health/health';
import { idSchema } from '../store/lists/filters';
import { isOngoing, readRunsVersion, readRunVersion } from '../store/runs/read-version';

const EVENT_STREAM = 'text/event-stream';
const LOOK_EVERY_MS = 500;
/** Each look at the health connects to the partners. */
const HEALTH_EVERY_MS = 10_000;
/** A browser comes back by itself after the end of a stream. */
const LONGEST_MS = 15 * 60_000;
const MOST_STREAMS = 500;
/** Of one address, so that nobody takes them all. */
const MOST_STREAMS_OF_ONE = 50;

/** What a page was made from; `health` where it shows that. */
interface Seen {
  readonly version: string;
  readonly health?: string | undefined;
}

/**
 * `/events`: tells pages that what they show has changed (server-sent events), so that they ask for it anew.
 * `version` is what a page was made from, so that nothing is missed in between.
 */
export async function eventRoutes(
  root: FastifyInstance,
  { dataSource, health, log }: ApiContext,
): Promise<void> {
  await root.register(sse);
  const app = root.withTypeProvider<ZodTypeProvider>();
  const looks = new Map<string, Promise<string>>();
  const streams = new Map<string, number>();
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

  let healthLook: Promise<string> | undefined;
  const lookAtHealth = (): Promise<string> => {
    if (healthLook) return healthLook;
    healthLook = health.report().then(healthVersion);
    setTimeout(() => {
      healthLook = undefined;
    }, HEALTH_EVERY_MS).unref();
    return healthLook;
  };

  async function* changes(run: string | undefined, seen: Seen, isOpen: () => boolean) {
    let { version, health: healthSeen } = seen;
    // The headers go out with the first event, and a page is to know that somebody listens.
    yield { event: 'listening', data: version };
    const end = Date.now() + LONGEST_MS;
    while (isOpen() && !isClosing && Date.now() < end) {
      const now = await look(run);
      const healthNow = healthSeen === undefined ? undefined : await lookAtHealth();
      if (now !== version || healthNow !== healthSeen) yield { event: 'changed', data: now };
      version = now;
      healthSeen = healthNow;
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
      // Here, since the plugin would end the answer of a handler that throws before anything is said.
      preHandler: async (request, reply) => {
        if (!request.headers.accept?.includes(EVENT_STREAM)) {
          throw new ProblemError(406, `Available formats: ${EVENT_STREAM}`);
        }
        // The plug-in would leave it without an answer.
        if (request.method === 'HEAD') return reply.type(EVENT_STREAM).send();
        const ofAll = [...streams.values()].reduce((sum, count) => sum + count, 0);
        if (ofAll >= MOST_STREAMS || (streams.get(request.ip) ?? 0) >= MOST_STREAMS_OF_ONE) {
          throw new ProblemError(503, 'Too many pages are open; close some, or try again later.');
        }
      },
      schema: {
        querystring: z.object({
          run: idSchema.optional(),
          version: z.string().max(64).default(''),
          health: z.string().max(64).optional(),
        }),
      },
    },
    async (request, reply) => {
      const { ip } = request;
      const { run, ...seen } = request.query;
      streams.set(ip, (streams.get(ip) ?? 0) + 1);
      try {
        await reply.sse.send(changes(run, seen, () => reply.sse.isConnected));
      } catch (error) {
        // The browser comes back, and is told then.
        log.debug({ reason: String(error) }, 'A stream of events broke off');
      } finally {
        const left = (streams.get(ip) ?? 0) - 1;
        if (left > 0) streams.set(ip, left);
        else streams.delete(ip);
      }
    },
  );
}
