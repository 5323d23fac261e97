import type { Json } from '../../contract/answer';
import { suggest } from '../../process/suggest';
import { compileExpression } from './expression';
import { LanguageError } from './language-error';
import { isComputed } from './value';

/** The names that an expression of a request can read. A name that the request does not have is left out. */
export interface RequestContext {
  /** The token of the run. */
  readonly token?: string | null;
  readonly method: string;
  /** The path of the request, without its query. */
  readonly path: string;
  /** The query as it is sent, without the question mark. */
  readonly query?: string;
  /** Seconds since 1970. */
  readonly now: number;
  /** Random, different in each request: 32 hexadecimal digits. */
  readonly nonce: string;
  readonly secrets: { readonly [name: string]: string };
  /** When the last good run started, in ISO 8601; null before the first one. */
  readonly since?: string | null;
}

/** A text of a request; null if its value is null. */
export type SentText = (context: RequestContext) => string | null;

const ALL_NAMES: readonly (keyof RequestContext)[] = [
  ...(['token', 'method', 'path', 'query', 'now', 'nonce', 'secrets', 'since'] as const),
];

/** What the expressions of one request can read. */
export interface RequestScope {
  readonly names: readonly (keyof RequestContext)[];
  /** The names of the secrets. */
  readonly secrets: readonly string[];
}

/**
 * Compiles a text of a request: itself, or the expression after `=`. A text that begins with `==` is itself from the
 * second `=` on.
 *
 * @param scope what an expression can read; without it, every name
 * @throws LanguageError from this function and, if the value is neither text, number nor null, from the compiled one
 */
export function compileSent(text: string, scope?: RequestScope): SentText {
  if (text.startsWith('==')) return () => text.slice(1);
  if (!isComputed(text)) return () => text;
  const expression = compileExpression(text.slice(1));
  for (const [name, members] of expression.reads) {
    refuseUnknown(name, scope?.names ?? ALL_NAMES, 'the names of this request');
    if (name !== 'secrets' || !scope) continue;
    for (const member of members) refuseUnknown(member, scope.secrets, 'the secrets');
  }
  return (context) => toText(evaluate(expression.evaluate, context));
}

function refuseUnknown(name: string, known: readonly string[], group: string): void {
  if (known.includes(name)) return;
  const names = known.length > 0 ? `: ${known.join(', ')}` : '';
  throw new LanguageError(`reads ${name}, which is none of ${group}${names}${suggest(name, known)}`);
}

function evaluate(compute: (root: Json) => Json, context: RequestContext): Json {
  try {
    return compute(context as unknown as Json);
  } catch {
    // The message of the library is dropped: it could quote a secret.
    throw new LanguageError('cannot be computed: a function received a value of a wrong type');
  }
}

function toText(value: Json): string | null {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  throw new LanguageError('cannot be computed: its value is neither text nor number');
}
