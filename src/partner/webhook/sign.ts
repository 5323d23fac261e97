import { createHmac } from 'node:crypto';

/**
 * The headers of a message by the specification of Standard Webhooks. Each secret makes one signature, so that a
 * receiver that still has the previous secret accepts the message.
 *
 * @param secrets `whsec_` and base64
 * @param timestamp seconds since the epoch
 */
export function signedHeaders(
  secrets: readonly string[],
  { id, timestamp, body }: { readonly id: string; readonly timestamp: number; readonly body: string },
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
