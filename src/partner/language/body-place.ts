import type { Json } from '../../contract/answer';

type JsonObject = { readonly [key: string]: Json };

/**
 * The part of an address that says what the body of its request has at a place: a fragment, which is never sent. So
 * two pages have two addresses, also if only the bodies of their requests differ.
 */
export function bodyFragment(place: string, value: Json): string {
  return `#${new URLSearchParams([[place, JSON.stringify(value)]])}`;
}

/** What the address says about the place in the body; undefined if it says nothing, as that of the first page. */
export function valueInFragment({ hash }: URL, place: string): Json | undefined {
  const text = new URLSearchParams(hash.slice(1)).get(place);
  return text === null ? undefined : (JSON.parse(text) as Json);
}

/** The body of the request for an address. */
export function withFragment(body: Json, { hash }: URL): Json {
  return [...new URLSearchParams(hash.slice(1))].reduce(
    (changed, [place, value]) => put(changed, place.split('.'), JSON.parse(value) as Json),
    body,
  );
}

/** The value at a place of a body, before anything is computed; undefined if there is none. */
export function valueInBody(body: object, place: string): unknown {
  return place
    .split('.')
    .reduce<unknown>(
      (node, key) => (isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined),
      body,
    );
}

/** A key on the way that leads to no object; undefined if the place can be set. */
export function blockedBy(body: object, place: string): string | undefined {
  const keys = place.split('.');
  const ways = keys.slice(0, -1).map((_, index) => keys.slice(0, index + 1).join('.'));
  return ways.find((way) => {
    const value = valueInBody(body, way);
    return value !== undefined && !isObject(value);
  });
}

function put(node: Json, [key = '', ...rest]: readonly string[], value: Json): Json {
  const members = isObject(node) ? (node as JsonObject) : {};
  const inner = Object.hasOwn(members, key) ? (members[key] as Json) : {};
  return { ...members, [key]: rest.length === 0 ? value : put(inner, rest, value) };
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
