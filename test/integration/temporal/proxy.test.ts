import { killCommands, runCommand } from '../../support/command';
import { inScenario } from '../../support/scenario';

afterAll(killCommands);

/** A proxy that does not answer. */
const PROXY = { http_proxy: 'http://someone:secret@127.0.0.1:1' };

describe('a proxy in the environment', () => {
  it(
    'is not used for connections to this machine',
    inScenario({ workerEnv: PROXY }, async (scenario) => {
      await scenario.startWorker();
      const env = { ...scenario.env, ...PROXY };
      expect(await runCommand(['sync'], env)).toMatchObject({ code: 0 });
      const doctor = await runCommand(['doctor'], env);
      expect(doctor.stdout).toMatch(/^ok +Temporal /m);
    }),
    300_000,
  );

  it.each(['grpc_proxy', 'https_proxy', 'http_proxy'])(
    'is named, without its password, if Temporal cannot be reached through it: %s',
    async (variable) => {
      const { code, stderr } = await runCommand(['schedules', 'list'], {
        PAYLOAD_KEYS: `test:${Buffer.alloc(32).toString('base64')}`,
        TEMPORAL_ADDRESS: 'temporal.invalid:7233',
        [variable]: PROXY.http_proxy,
      });
      expect(code).toBe(2);
      expect(stderr).toContain(
        `Temporal at temporal.invalid:7233 cannot be reached through the proxy 127.0.0.1:1 (${variable}; no_proxy excludes addresses)`,
      );
      expect(stderr).toContain('Start it, or set TEMPORAL_ADDRESS.');
      expect(stderr).not.toMatch(/undefined|secret/);
    },
    300_000,
  );
});
