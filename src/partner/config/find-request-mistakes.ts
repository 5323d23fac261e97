import { LanguageError } from '../language/language-error';
import { compileSent, type RequestScope } from '../language/sent-text';
import type { Mistake } from './mistake';
import { needsToken, type RequestPart, scopeOf } from './request-scope';
import { type Body, isForm } from './texts';

type Texts = { readonly [name: string]: string };
interface Rules {
  readonly headers?: Texts | undefined;
  readonly query?: Texts | undefined;
  readonly body?: Body | undefined;
}
/** An entry in partners.yaml. It can have mistakes that were found before, so that any part can be missing. */
interface Entry {
  readonly secrets?: Texts | undefined;
  readonly auth?:
    | (Rules & { readonly path?: string | undefined; readonly oauth?: object | undefined })
    | undefined;
  readonly providers?: (Rules & { readonly checksumHeader?: string | undefined }) | undefined;
}

/** The mistakes in the texts that requests send: names that the request does not have, and forms that are nested. */
export function* findRequestMistakes(entry: Entry | null): Generator<Mistake> {
  if (entry === null || typeof entry !== 'object') return;
  for (const part of ['auth', 'providers'] as const) {
    const rules = entry[part];
    if (rules === null || typeof rules !== 'object') continue;
    for (const key of ['headers', 'query', 'body'] as const) {
      const scope = scopeOf(entry, part, key === 'query');
      yield* findUnknownNames(rules[key], [part, key], scope);
    }
    yield* findNestedForm(rules, part);
  }
  if (entry.providers?.checksumHeader !== undefined && !needsToken(entry)) {
    yield { path: ['providers', 'checksumHeader'], message: 'needs a token from auth' };
  }
}

function* findUnknownNames(value: unknown, path: readonly string[], scope: RequestScope): Generator<Mistake> {
  if (typeof value === 'string') {
    const message = findUnknownName(value, scope);
    if (message !== null) yield { path, message };
  } else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) yield* findUnknownNames(item, [...path, key], scope);
  }
}

/** A text that is no expression at all has been refused before. */
function findUnknownName(text: string, scope: RequestScope): string | null {
  try {
    compileSent(text);
  } catch {
    return null;
  }
  try {
    compileSent(text, scope);
    return null;
  } catch (error) {
    if (!(error instanceof LanguageError)) throw error;
    return error.message;
  }
}

function* findNestedForm({ headers, body }: Rules, part: RequestPart): Generator<Mistake> {
  if (!body || !isForm(headers)) return;
  for (const [key, value] of Object.entries(body)) {
    if (value === null || typeof value !== 'object') continue;
    yield { path: [part, 'body', key], message: 'is an object or a list, which a form cannot hold' };
  }
}
