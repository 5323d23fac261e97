import { createSecretHider } from '../../../src/operations/partner-check/hide-secrets';
import { partnerWith } from '../../support/partners';

const partner = partnerWith({
  secrets: { key: 'the-signing-key' },
  auth: { path: undefined, tokenHeader: undefined, basic: { username: 'me', password: 'the-password' } },
  providers: { checksumHeader: undefined },
});
const hider = createSecretHider(partner, ['from-the-environment', '10']);

/** What is shown of a request. */
function show(address: string, headers: Record<string, string> = {}, body?: string) {
  const url = new URL(address, partner.baseUrl);
  return hider.request({ method: 'GET', url, headers, body, rejectedStatus: [] }, 'the-token');
}

describe('a request that is shown', () => {
  it('has no token, secret, password or variable in its path and query', () => {
    expect(
      show('/of/the-token/list?a=the-signing-key&b=x-the-password&c=from-the-environment&d=%74he-token')
        .address,
    ).toBe('/of/[hidden]/list?a=[hidden]&b=x-[hidden]&c=[hidden]&d=[hidden]');
  });

  it('hides parameters that are named like credentials, and shows those of pages', () => {
    expect(show('/list?api_key=abc&Signature=def&page_token=ghi&limit=100').address).toBe(
      '/list?api_key=[hidden]&Signature=[hidden]&page_token=ghi&limit=100',
    );
  });

  it('hides a short variable only as a whole value', () => {
    expect(show('/list?a=10&b=100').address).toBe('/list?a=[hidden]&b=100');
  });

  it('shows the values of harmless headers only, each header once', () => {
    const headers = { Accept: '*/*', accept: 'application/json', 'X-Api-Key': 'abc', Cookie: 'def' };
    expect(show('/', headers).headers).toEqual({
      Accept: 'application/json',
      'X-Api-Key': '[hidden]',
      Cookie: '[hidden]',
    });
  });

  it('names the members of a body without their values', () => {
    expect(show('/', {}, '{"user":"me","pin":1234}').body).toEqual(['user', 'pin']);
    expect(show('/', {}, 'grant_type=client_credentials&client_secret=abc').body).toEqual([
      'grant_type',
      'client_secret',
    ]);
    expect(show('/').body).toBeNull();
  });
});

it('hides secrets in the address of the next page', () => {
  expect(hider.address('?key=abc&cursor=the-token.7', 'the-token')).toBe('?key=[hidden]&cursor=[hidden].7');
});
