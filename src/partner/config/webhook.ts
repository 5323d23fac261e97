import { z } from 'zod';
import { WEBHOOK_EVENTS } from '../../contract/webhooks';
import { isLoopback } from '../../process/loopback';

/** The fault of an address, in a sentence of its own. It does not repeat the text, which may hold a secret. */
function findFault(text: string): string | undefined {
  if (!URL.canParse(text)) return 'is not an address; write it like https://hooks.example.com/directory';
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return 'needs https:// in front';
  if (protocol === 'http:' && !isLoopback(hostname)) return 'needs https, except on a loopback address';
  if (username !== '' || password !== '') return 'must not contain credentials';
  return hash === '' ? undefined : 'must not contain a fragment (# and the text after it)';
}

const receiverUrl = z
  .string()
  .transform((text, context) => {
    const fault = findFault(text);
    if (fault === undefined) return new URL(text).href;
    context.addIssue({ code: 'custom', message: fault });
    return z.NEVER;
  })
  .meta({ form: 'https address' });

/** As the specification of Standard Webhooks has it: 24 to 64 bytes in base64. */
const secret = z
  .string()
  .refine(isSecret, 'is not a secret; write whsec_ and 24 to 64 bytes in base64')
  .meta({ form: '`whsec_` and base64' });

function isSecret(text: string): boolean {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const { length } = Buffer.from(base64, 'base64');
  return length >= 24 && length <= 64;
}

/** One entry of `webhooks` in partners.yaml. */
export const webhookSchema = z.strictObject({
  url: receiverUrl.describe('The address that receives the messages. Redirects are not followed.'),
  secret: secret.describe(
    'Signs the messages. Read it from a variable, or from the file that `NAME_FILE` names.',
  ),
  previousSecret: secret
    .optional()
    .describe('Signs the messages too, until the receiver has the new secret.'),
  events: z
    .array(z.enum(WEBHOOK_EVENTS))
    .min(1, 'names no event')
    .default([...WEBHOOK_EVENTS])
    .describe('What is reported; without it, all events.'),
  partners: z
    .array(z.string())
    .min(1, 'names no partner')
    .meta({ form: 'list of names of partners' })
    .optional()
    .describe('The partners whose events are reported; without it, all partners.'),
});

/** A receiver of webhooks as configured, under its name in partners.yaml. */
export type Webhook = z.output<typeof webhookSchema> & { readonly name: string };

/** The receivers by name. */
export type Webhooks = ReadonlyMap<string, Webhook>;
