import cors from '@fastify/cors';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PayloadKeyMissingError } from '../../../temporal/payloads/payload-codec';
import { refusal } from '../../http/access';
import { ProblemError } from '../../http/problem';
import { BODY_PROBLEMS, responses } from '../responses';
import { MAX_BODY_BYTES, MAX_PAYLOADS, readBoundedJson } from './codec-body';
import { inSlices } from './codec-slices';

/** Payloads as Temporal's UI and CLI send them: JSON with bytes in base64. */
const payloadSchema = z.object({
  metadata: z.record(z.string(), z.base64()).default({}),
  data: z.base64().optional(),
});
const payloadsSchema = z
  .object({ payloads: z.array(payloadSchema).max(MAX_PAYLOADS).default([]) })
  .meta({ examples: [{ payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'e30=' }] }] });

export interface CodecOptions {
  readonly codec: PayloadCodec;
  /** The origins, such as `http://127.0.0.1:8233`, from which a browser may ask. */
  readonly allowedOrigins: readonly string[];
}

/**
 * `/codec/encode` and `/codec/decode`: show what is encrypted in Temporal, in its UI and with
 * `temporal workflow show --codec-endpoint` (Temporal's remote codec protocol).
 */
export async function codecRoutes(
  app: FastifyInstance,
  { codec, allowedOrigins }: CodecOptions,
): Promise<void> {
  // The route with which the plug-in answers preflights; it answers them under this prefix only.
  app.addHook('onRoute', (route) => {
    if (route.method === 'OPTIONS') route.config = { ...route.config, crossOrigin: true };
  });
  await app.register(cors, {
    origin: (origin, decide) => decide(null, origin !== undefined && allowedOrigins.includes(origin)),
    methods: ['POST'],
    allowedHeaders: ['Content-Type', 'X-Namespace', 'Authorization'],
    // The session of whoever has logged in to our pages opens the payloads in the Temporal UI too.
    credentials: true,
  });
  readBoundedJson(app);
  // A browser sends its origin; without CORS it would hide the answer, but the work would be done.
  app.addHook('onRequest', async (request) => {
    const { origin } = request.headers;
    if (origin !== undefined && !allowedOrigins.includes(origin)) {
      throw refusal(request, 403, `Pages of ${origin} may not read payloads.`);
    }
  });
  const options = { bodyLimit: MAX_BODY_BYTES, config: { access: 'operator', crossOrigin: true } } as const;
  for (const [direction, summary] of [
    ['encode', 'Compress and encrypt payloads'],
    ['decode', 'Decrypt payloads and unpack them'],
  ] as const) {
    const schema = {
      tags: ['Service'],
      summary: `${summary}, for Temporal's UI and CLI`,
      operationId: `${direction}Payloads`,
      body: payloadsSchema,
      response: responses({ 200: payloadsSchema }, 422, ...BODY_PROBLEMS),
    };
    app.withTypeProvider<ZodTypeProvider>().post(`/${direction}`, { ...options, schema }, async (request) => {
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
