import sse from '@fastify/sse';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiContext } from '../api/context';
import { ProblemError } from '../api/http/problem';
import { healthVersion } from '../operations/health/health';
import { idSchema } from '../store/lists/filters';
import { isOngoing, readRunsVersion, readRunVersion } from '../store/runs/read-version';
import { EventStreams } from './event-streams';
import { shareLongLook, shareLooks } from './shared-looks';

const EVENT_STREAM = 'text/event-stream';
const LOOK_EVERY_MS = 500;
/** Each check of the health connects to the partners. */
const HEALTH_EVERY_MS = 10_000;
/** A browser reconnects by itself when a stream ends. */
const LONGEST_MS = 15 * 60_000;

const querystring = z.object({
  /** A run; without it, all runs. */
  run: idSchema.optional(),
  /** The version that the page was made from. */
  version: z.string().max(64).default(''),
  /** The version of the health, if the page shows it. */
  health: z.string().max(64).optional(),
});

type Seen = Readonly<z.output<typeof querystring>>;

/** Reads the current versions; many streams share one look. */
interface Versions {
  /** Waits for the next look. */
  runs(run: string | undefined): Promise<string>;
  health(): Promise<string>;
}

/**
 * `/events`: server-sent events that report changes, so that a page loads its content again. A page names the version
 * that it was made from, so that it misses no change before the stream opens.
 */
export async function eventRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  await root.register(sse);
  const versions = readVersions(context);
  const streams = new EventStreams();
  let isClosing = false;
  root.addHook('preClose', async () => {
    isClosing = true;
  });

  root.withTypeProvider<ZodTypeProvider>().get(
    '/events',
    {
      sse: true,
      // A hook, because the plug-in ends the response of a handler that throws before its first event.
      preHandler: async (request, reply) => {
        refuseOtherFormats(request);
        // The plug-in does not answer HEAD.
        if (request.method === 'HEAD') return reply.type(EVENT_STREAM).send();
        streams.refuseMoreThanLimit(request.ip);
      },
      schema: { querystring },
    },
    async (request, reply) => {
      const isOpen = () => reply.sse.isConnected && !isClosing;
      await streams.count(request.ip, () => send(reply, changes(versions, request.query, isOpen)));
    },
  );

  async function send(reply: FastifyReply, events: ReturnType<typeof changes>): Promise<void> {
    try {
      await reply.sse.send(events);
    } catch (error) {
      // The browser reconnects and then receives the changes.
      context.log.debug({ reason: String(error) }, 'An event stream was interrupted');
    }
  }
}

function readVersions({ dataSource, health }: ApiContext): Versions {
  return {
    runs: shareLooks(LOOK_EVERY_MS, (run) =>
      run === undefined ? readRunsVersion(dataSource) : readRunVersion(dataSource, run),
    ),
    health: shareLongLook(HEALTH_EVERY_MS, async () => healthVersion(await health.report())),
  };
}

function refuseOtherFormats({ headers }: FastifyRequest): void {
  if (!headers.accept?.includes(EVENT_STREAM)) {
    throw new ProblemError(406, `Available formats: ${EVENT_STREAM}`);
  }
}

/** The events of one stream: `listening` first, `changed` after each change, and `ended` after the end of the run. */
async function* changes(versions: Versions, seen: Seen, isOpen: () => boolean) {
  const { run } = seen;
  let { version, health } = seen;
  // The first event sends the headers, so that the page knows that the stream is open.
  yield { event: 'listening', data: version };
  const end = Date.now() + LONGEST_MS;
  while (isOpen() && Date.now() < end) {
    const now = await versions.runs(run);
    const healthNow = health === undefined ? undefined : await versions.health();
    if (now !== version || healthNow !== health) yield { event: 'changed', data: now };
    version = now;
    health = healthNow;
    if (run !== undefined && !isOngoing(now)) {
      yield { event: 'ended', data: now };
      return;
    }
  }
}
