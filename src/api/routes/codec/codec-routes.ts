import cors from '@fastify/cors';
import type { Payload } from '@temporalio/common';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { EncryptionCodec, PayloadKeyMissingError } from '../../../temporal/payloads/payload-codec';
import type { ApiContext } from '../../context';
import { ProblemError } from '../../http/problem';
import { refusal } from '../../http/refusal';
import { BODY_PROBLEMS, responses } from '../../openapi/responses';
import { inSlices } from './in-slices';
import { MAX_BODY_BYTES, MAX_PAYLOADS, readBoundedJson } from './read-bounded-json';

/** Payloads as Temporal's UI and CLI send them: JSON with bytes in base64. */
const payloadSchema = z.object({
  metadata: z
    .record(z.string(), z.base64())
    .default({})
    .meta({ description: 'The metadata of the payload, in base64' }),
  data: z.base64().optional().meta({ description: 'The data of the payload, in base64' }),
});
const payloadsSchema = z
  .object({
    payloads: z
      .array(payloadSchema)
      .max(MAX_PAYLOADS)
      .default([])
      .meta({ description: 'The payloads, in order' }),
  })
  .meta({ examples: [{ payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'e30=' }] }] });

/**
 * `/codec/encode` and `/codec/decode`: show encrypted payloads in Temporal's UI and with
 * `temporal workflow show --codec-endpoint` (Temporal's remote codec protocol).
 */
export async function codecRoutes(root: FastifyInstance, context: ApiContext): Promise<void> {
  await root.register((app) => serveCodec(app, context), { prefix: '/codec' });
}

async function serveCodec(app: FastifyInstance, { temporal, http }: ApiContext): Promise<void> {
  const codec = new EncryptionCodec(temporal.payloadKeys);
  await allowOrigins(app, originsOf(http.temporalUiUrl));
  readBoundedJson(app);
  for (const [direction, summary] of [
    ['encode', 'Compress and encrypt payloads'],
    ['decode', 'Decrypt and decompress payloads'],
  ] as const) {
    const schema = {
      tags: ['Service'],
      summary: `${summary}, for Temporal's UI and CLI`,
      operationId: `${direction}Payloads`,
      body: payloadsSchema,
      response: responses({ 200: payloadsSchema }, 422, ...BODY_PROBLEMS),
    };
    const config = { access: 'operator', crossOrigin: true } as const;
    const options = { bodyLimit: MAX_BODY_BYTES, config, schema };
    app.withTypeProvider<ZodTypeProvider>().post(`/${direction}`, options, async (request) => {
      try {
        const payloads = await inSlices(codec, direction, request.body.payloads.map(toPayload));
        return { payloads: payloads.map(toJson) };
      } catch (error) {
        if (error instanceof ProblemError) throw error;
        const isMissing = error instanceof PayloadKeyMissingError;
        throw new ProblemError(422, isMissing ? error.message : 'The payloads could not be read.');
      }
    });
  }
}

/**
 * Lets only pages of these origins read payloads.
 *
 * @param allowed origins such as `http://127.0.0.1:8233`
 */
async function allowOrigins(app: FastifyInstance, allowed: readonly string[]): Promise<void> {
  // The plug-in answers preflights with a route of its own, for all paths below this prefix.
  app.addHook('onRoute', (route) => {
    if (route.method === 'OPTIONS') route.config = { ...route.config, crossOrigin: true };
  });
  await app.register(cors, {
    origin: (origin, decide) => decide(null, origin !== undefined && allowed.includes(origin)),
    methods: ['POST'],
    allowedHeaders: ['Content-Type', 'X-Namespace', 'Authorization'],
    // An operator who has logged in to our pages can then read payloads in the Temporal UI too.
    credentials: true,
  });
  // Without this, a browser would hide the answer from another origin, but the work would be done.
  app.addHook('onRequest', async (request) => {
    const { origin } = request.headers;
    if (origin !== undefined && !allowed.includes(origin)) {
      throw refusal(request, 403, `Pages of ${origin} may not read payloads.`);
    }
  });
}

/** People write `localhost` for 127.0.0.1. */
function originsOf(uiUrl: string | null): readonly string[] {
  const origin = uiUrl && new URL(uiUrl).origin;
  return origin ? [origin, origin.replace('//127.0.0.1', '//localhost')] : [];
}

function toPayload({ metadata, data }: z.output<typeof payloadSchema>): Payload {
  const texts = Object.entries(metadata).map(([key, text]) => [key, Buffer.from(text, 'base64')]);
  return {
    metadata: Object.fromEntries(texts),
    ...(data !== undefined && { data: Buffer.from(data, 'base64') }),
  };
}

function toJson({ metadata, data }: Payload): z.output<typeof payloadSchema> {
  const texts = Object.entries(metadata ?? {}).map(([key, value]) => [key, base64(value)]);
  return { metadata: Object.fromEntries(texts), ...(data && { data: base64(data) }) };
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64');
}
