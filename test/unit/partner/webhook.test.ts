import { Webhook as Verifier } from 'standardwebhooks';
import { WEBHOOK_EVENTS } from '../../../src/contract/webhooks';
import { parsePartnersFile } from '../../../src/partner/config/partners-file';
import { signedHeaders } from '../../../src/partner/webhook/sign';

const secret = (letter: string, bytes = 32) => `whsec_${Buffer.alloc(bytes, letter).toString('base64')}`;

const PARTNERS = `
partners:
  acme:
    baseUrl: https://acme.example
    providers: { path: /list }
    fields: { givenName: first, familyName: last }
    identity: [id]
    feed: snapshot
webhooks:`.trim();

/** A file with these lines for the receiver `pager`. */
const file = (...lines: string[]) => [PARTNERS, '  pager:', ...lines.map((line) => `    ${line}`)].join('\n');

const webhook = (text: string, env: NodeJS.ProcessEnv = {}) =>
  parsePartnersFile(text, env).webhooks.get('pager');

const url = 'url: https://hooks.example/directory';

describe('a receiver of webhooks in partners.yaml', () => {
  it('gets all events of all partners, unless the file says otherwise', () => {
    expect(webhook(file(url, `secret: ${secret('a')}`))).toEqual({
      name: 'pager',
      url: 'https://hooks.example/directory',
      secret: secret('a'),
      events: WEBHOOK_EVENTS,
    });
  });

  it('has its secret in a variable', () => {
    const env = { PAGER_SECRET: secret('a') };
    expect(webhook(file(url, `secret: \${PAGER_SECRET}`), env)?.secret).toBe(secret('a'));
  });

  it('may be at a loopback address without TLS', () => {
    const text = file('url: http://127.0.0.1:9/x', `secret: ${secret('a')}`);
    expect(webhook(text)?.url).toBe('http://127.0.0.1:9/x');
  });

  it.each([
    ['url: http://hooks.example/x', 'webhooks.pager.url: needs https, except on a loopback address'],
    ['url: ftp://hooks.example/x', 'webhooks.pager.url: needs https:// in front'],
    ['url: https://me:pw@hooks.example', 'webhooks.pager.url: must not contain credentials'],
    ['url: https://hooks.example/#x', 'webhooks.pager.url: must not contain a fragment'],
    ['url: hooks', 'webhooks.pager.url: is not an address'],
    ['secret: whsec_c2hvcnQ=', 'webhooks.pager.secret: is not a secret; write whsec_'],
    [`secret: ${secret('a', 65)}`, 'webhooks.pager.secret: is not a secret'],
    ['events: [run.faild]', 'did you mean run.failed?'],
    ['events: []', 'webhooks.pager.events: names no event'],
    [
      'partners: [acne]',
      'webhooks.pager.partners.0: names acne, which is no partner of this file (line 12, column 16)',
    ],
    ['urls: x', 'webhooks.pager.urls: is not a known key; did you mean url?'],
  ])('is refused with %s', (line, message) => {
    const usual = [url, `secret: ${secret('a')}`].filter((one) => one.split(':')[0] !== line.split(':')[0]);
    expect(() => webhook(file(...usual, line))).toThrow(message);
  });

  it('is refused without a word of the address or the secret', () => {
    const parsing = () => webhook(file('url: http://hooks.example/TOKEN', 'secret: HIDDEN'));
    expect(parsing).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/TOKEN|HIDDEN/) }));
  });
});

describe('the signature of a message', () => {
  const message = {
    id: 'a_1',
    timestamp: Math.floor(Date.now() / 1000),
    body: '{"type":"run.failed","name":"Zoë"}',
  };

  it('is the one of Standard Webhooks', () => {
    const headers = signedHeaders([secret('a')], message);
    expect(new Verifier(secret('a')).verify(message.body, headers)).toEqual(JSON.parse(message.body));
    expect(() => new Verifier(secret('b')).verify(message.body, headers)).toThrow('No matching signature');
    expect(() => new Verifier(secret('a')).verify(`${message.body} `, headers)).toThrow();
  });

  it('is accepted by receivers with the previous and with the new secret during a rotation', () => {
    const headers = signedHeaders([secret('a'), secret('b')], message);
    for (const one of [secret('a'), secret('b')]) {
      expect(new Verifier(one).verify(message.body, headers)).toBeTruthy();
    }
  });
});
