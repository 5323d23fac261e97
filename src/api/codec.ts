import cors from '@fastify/cors';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { listMistakes } from '../process/mistakes';
import { PayloadKeyMissingError } from '../temporal/payload-codec';
import { sendProblem } from './problem';

/** Payloads as Temporal's UI and CLI send them: JSON with bytes in base64. */
const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));
const requestSchema = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), bytes).default({}), data: bytes.optional() }))
    .default([]),
});

/** A request may hold a page of a history. */
const BODY_LIMIT = 32 * 2 ** 20;

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
  await app.register(cors, {
    origin: (origin, decide) => decide(null, origin !== undefined && allowedOrigins.includes(origin)),
    methods: ['POST'],
    allowedHeaders: ['Content-Type', 'X-Namespace', 'Authorization'],
    // The session of whoever has logged in to our pages opens the payloads in the Temporal UI too.
    credentials: true,
  });
  // A browser sends its origin; without CORS it would hide the answer, but the work would be done.
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (origin !== undefined && !allowedOrigins.includes(origin)) {
      return sendProblem(reply, 403, `Pages of ${origin} may not read payloads.`);
    }
  });
  const options = { bodyLimit: BODY_LIMIT, config: { access: 'operator', crossOrigin: true } } as const;
  for (const direction of ['encode', 'decode'] as const) {
    app.post(`/codec/${direction}`, options, async (request, reply) => {
      const input = requestSchema.safeParse(request.body);
      if (!input.success) {
        return sendProblem(reply, 400, `Payloads were expected:\n${listMistakes(input.error)}`);
      }
      try {
        return { payloads: (await codec[direction](input.data.payloads as Payload[])).map(toJson) };
      } catch (error) {
        const reason =
          error instanceof PayloadKeyMissingError ? error.message : 'The payloads could not be read.';
        return sendProblem(reply, 422, reason);
      }
    });
  }
}

function toJson({ metadata, data }: Payload) {
  const texts = Object.entries(metadata ?? {}).map(([key, value]) => [key, base64(value)]);
  return { metadata: Object.fromEntries(texts), ...(data && { data: base64(data) }) };
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64');
}
