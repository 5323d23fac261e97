import type { RequestScope } from '../language/sent-text';

/** The requests that an entry in partners.yaml describes. */
export type RequestPart = 'auth' | 'providers';

interface Entry {
  readonly secrets?: object | undefined;
  readonly auth?: { readonly path?: string | undefined; readonly oauth?: object | undefined } | undefined;
}

/** Whether a run has to get a token before it asks for the list. */
export function needsToken({ auth }: Pick<Entry, 'auth'>): boolean {
  return auth?.path !== undefined || auth?.oauth !== undefined;
}

/** What the expressions of a request can read. Those in its query come before the query itself. */
export function scopeOf(partner: Entry, part: RequestPart, isQuery: boolean): RequestScope {
  const names: RequestScope['names'] = [
    ...(part === 'providers' && needsToken(partner) ? (['token'] as const) : []),
    ...(['method', 'path'] as const),
    ...(isQuery ? [] : (['query'] as const)),
    ...(['now', 'nonce', 'secrets'] as const),
    ...(part === 'providers' ? (['since'] as const) : []),
  ];
  return { names, secrets: Object.keys(partner.secrets ?? {}) };
}
