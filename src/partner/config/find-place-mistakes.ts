import { blockedBy, valueInBody } from '../language/body-place';
import { type Body, isForm } from './texts';

interface Sent {
  readonly body?: string | undefined;
}

interface Providers {
  readonly headers?: { readonly [name: string]: string } | undefined;
  readonly body?: Body | undefined;
  readonly next?:
    | {
        readonly cursor?: Sent | undefined;
        readonly page?: string | Sent | undefined;
        readonly offset?: string | Sent | undefined;
      }
    | undefined;
}

/** The mistakes in the places of the body that say which page is requested. */
export function* findPlaceMistakes({
  next = {},
  body,
  headers,
}: Providers): Generator<{ readonly path: string[]; readonly message: string }> {
  for (const kind of ['cursor', 'page', 'offset'] as const) {
    const rule = next[kind];
    const place = typeof rule === 'object' ? rule.body : undefined;
    if (place === undefined) continue;
    const message = findMistake(place, kind, body, isForm(headers));
    if (message !== undefined) yield { path: ['next', kind, 'body'], message };
  }
}

function findMistake(
  place: string,
  kind: 'cursor' | 'page' | 'offset',
  body: Body | undefined,
  asForm: boolean,
): string | undefined {
  if (body === undefined) return 'is a place in the body, which the request does not have; add body';
  const blocked = blockedBy(body, place);
  if (blocked !== undefined) return `leads through ${blocked}, which is no object in body`;
  if (asForm && place.includes('.')) return 'is within an object, which a form cannot hold';
  const first = valueInBody(body, place);
  if (kind === 'cursor' || first === undefined || Number.isSafeInteger(first)) return undefined;
  return `is no whole number in body, so that the first ${kind} is not known`;
}
