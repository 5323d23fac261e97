import type { Auth } from '../config/auth-schema';

type Headers = { readonly [name: string]: string };

/** Creates the function that gives the header `Authorization` for a token; none if partners.yaml says how it is sent. */
export function createAuthorize(auth: Auth | undefined): (token: string | null) => Headers {
  if (auth?.oauth !== undefined) return (token) => ({ Authorization: `Bearer ${token}` });
  if (auth?.basic === undefined) return () => ({});
  const { username, password } = auth.basic;
  const header = { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
  return () => header;
}

/** The statuses that mean that the token was rejected; none for a partner without tokens. */
export function rejectedStatusOf(auth: Auth | undefined): readonly number[] {
  if (auth?.path === undefined && auth?.oauth === undefined) return [];
  return auth.rejectedStatus ?? (auth.tokenHeader === undefined ? [401, 403] : [403]);
}
