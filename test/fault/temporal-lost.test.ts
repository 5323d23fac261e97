import { setTimeout as sleep } from 'node:timers/promises';
import { killCommands } from '../support/command';
import { startKillableServer } from '../support/killable-server';
import { serving, TEN } from '../support/people';
import { startScenario, until } from '../support/scenario';

afterAll(killCommands);

describe('explore', () => {
  for (const away of [2000, 13000]) {
    for (const endpoint of ['auth', 'providers'] as const)
      it.concurrent(`in ${endpoint}, away ${away}`, async () => {
        const t0 = Date.now();
        const say = (text: string) =>
          process.stderr.write(`[${endpoint} ${away}] +${Date.now() - t0} ${text}\n`);
        const temporal = await startKillableServer('temporal');
        say('temporal up');
        const scenario = await startScenario({
          temporalAddress: temporal.address,
          [endpoint]: [
            { fault: 'slow', delayMs: 1000 },
            ...(endpoint === 'providers' ? [serving(...TEN)] : []),
          ],
        });
        const worker = await scenario.startWorker();
        say('worker up');
        const { result, run } = await scenario.startRun();
        const ended = result.then(
          (value) => say(`result ${value.status}`),
          (error) => say(`result failed ${error} ${error.cause}`),
        );
        await until(() => scenario.calls(endpoint) === 1);
        await temporal.kill();
        say('killed');
        await sleep(away);
        await temporal.start();
        say('started');
        await until(async () => (await run()).status !== 'running');
        say(
          JSON.stringify((await run()).calls.map((c) => [c.endpoint, c.attempt, c.outcome, c.tookMs])) +
            ` ${scenario.calls('auth')} ${scenario.calls('providers')}`,
        );
        await Promise.race([ended, sleep(20000)]);
        say('end');
        const { stderr } = await worker.end('SIGTERM');
        say(stderr);
        await scenario.end();
        await temporal.end();
      }, 120_000);
  }
});
