import { z } from 'zod';
import { LanguageError } from '../language/language-error';
import { compileSent } from '../language/sent-text';
import { compileValue, isComputed } from '../language/value';

/** An absolute path on the partner's own origin: `//host` and `\` would lead elsewhere. */
export const path = z
  .string()
  .regex(/^\/(?!\/)[^\s#\\]*$/, 'is not a path; write it like /providers')
  .meta({ form: 'path' });

/** The token of RFC 9110, 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers of the connection, or of the message's form, which the HTTP client sets. */
const RESERVED = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade', 'host', 'content-length', 'expect'],
]);

export const headerName = z.string().regex(HEADER_NAME, 'is not a header name').meta({ form: 'header name' });

/** The name of a header that a request sends. */
export const sentHeaderName = headerName.refine(
  (name) => !RESERVED.has(name.toLowerCase()),
  'is a header that the HTTP client sets itself',
);

/** A fixed text, such as the value of a secret. */
export const fixedText = z.string().min(1, 'is empty');

/** A place in an answer or in a record: a path, or an expression after `=`. */
export const valueText = z
  .string()
  .min(1, 'is empty')
  .superRefine((text, context) => addMistake(context, () => compileValue(text)))
  .meta({ form: 'path or `=` expression' });

/** A place in a record that must be a path. */
export const pathText = z
  .string()
  .min(1, 'is empty')
  .refine((text) => !isComputed(text), 'must be a path, not an expression')
  .meta({ form: 'path in a record' });

/** Text that a request sends: itself, or an expression after `=`. Whole numbers and booleans are written without quotes. */
const sentText = z
  .union([z.string(), z.int(), z.boolean()], 'is not text; write a number with a fraction in quotes')
  .transform(String)
  .superRefine((text, context) => addMistake(context, () => compileSent(text)))
  .meta({ form: 'text or `=` expression' });

/** Headers by their names. */
export const headers = z
  .record(sentHeaderName, sentText)
  .superRefine((sent, context) => {
    const names = Object.keys(sent).map((name) => name.toLowerCase());
    for (const name of names.filter((name, index) => names.indexOf(name) < index)) {
      context.addIssue({ code: 'custom', message: `name the header ${name} twice` });
    }
    for (const [name, text] of Object.entries(sent)) {
      if (isComputed(text) || isHeaderValue(text)) continue;
      context.addIssue({ code: 'custom', path: [name], message: 'has a character that no header can hold' });
    }
  })
  .meta({ form: 'texts or `=` expressions by header name' });

/** Whether a header can hold the text: visible Latin-1 characters, spaces and tabs. No line break can end the header. */
export function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

/** Whether the body of a request with these headers is sent as a form. */
export function isForm(sent: { readonly [name: string]: string } = {}): boolean {
  const type = Object.entries(sent).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  return typeof type === 'string' && /^application\/x-www-form-urlencoded\b/i.test(type);
}

/** Parameters of a query by their names. */
export const query = z
  .record(z.string().min(1), sentText)
  .meta({ form: 'texts or `=` expressions by parameter' });

/** JSON in which each text is a {@link sentText}. Numbers and booleans are sent as such. */
export type Body = { readonly [key: string]: BodyValue };
type BodyValue =
  | string
  | number
  | boolean
  | null
  | readonly BodyValue[]
  | { readonly [key: string]: BodyValue };

const bodyValue: z.ZodType<BodyValue> = z.lazy(() =>
  z.union([
    z.string().superRefine((text, context) => addMistake(context, () => compileSent(text))),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(bodyValue),
    z.record(z.string(), bodyValue),
  ]),
);

export const body: z.ZodType<Body> = z.record(z.string(), bodyValue).meta({ form: 'object' });

export const method = z.enum(['GET', 'POST']);

/** Adds the LanguageError of a compilation as a mistake. */
function addMistake(context: z.core.$RefinementCtx, compile: () => unknown, place: PropertyKey[] = []): void {
  try {
    compile();
  } catch (error) {
    if (!(error instanceof LanguageError)) throw error;
    context.addIssue({ code: 'custom', path: place, message: error.message });
  }
}
