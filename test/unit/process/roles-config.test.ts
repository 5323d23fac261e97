import { loadConfig } from '../../../src/process/config';

const read = (env: NodeJS.ProcessEnv) => loadConfig(['roles'], { env, runningDev: false }).roles;

describe('the roles of workers and readers', () => {
  it('have names by default, and no passwords', () => {
    expect(read({})).toEqual({
      names: { worker: 'provider_sync_worker', reader: 'provider_sync_reader' },
      passwords: {},
    });
  });

  it('have the names and passwords that are set', () => {
    const env = {
      POSTGRES_WORKER_ROLE: 'writes_1',
      POSTGRES_READER_ROLE: '_reads',
      POSTGRES_WORKER_PASSWORD: '!'.repeat(16),
      POSTGRES_READER_PASSWORD: '~'.repeat(200),
    };
    expect(read(env)).toEqual({
      names: { worker: 'writes_1', reader: '_reads' },
      passwords: { worker: '!'.repeat(16), reader: '~'.repeat(200) },
    });
  });

  it.each(['Worker', '1st', 'a-b', 'a b', 'a"b', "a'b", 'a$$b', 'ä', 'x'.repeat(64)])(
    'are refused with the name %j',
    (name) => {
      expect(() => read({ POSTGRES_WORKER_ROLE: name })).toThrow(
        /POSTGRES_WORKER_ROLE: is not a name of a role/,
      );
      expect(() => read({ POSTGRES_READER_ROLE: name })).toThrow(
        /POSTGRES_READER_ROLE: is not a name of a role/,
      );
    },
  );

  // Postgres prepares other characters of a password by SASLprep before it compares them.
  it.each(['short-1234567', 'a blank in 16 characters', 'größer-als-sechzehn', 'x'.repeat(201)])(
    'are refused with the password %j, which is not repeated',
    (password) => {
      for (const name of ['POSTGRES_WORKER_PASSWORD', 'POSTGRES_READER_PASSWORD']) {
        expect(() => read({ [name]: password })).toThrow(`${name}: is not a password of 16 to 200`);
        expect(() => read({ [name]: password })).not.toThrow(password);
      }
    },
  );
});
