import type { Command } from 'commander';
import { FAILURES } from '../contract/failures';
import { onlyPartner, UnknownPartnerError } from '../partner/config/choose-partner';
import type { Partners } from '../partner/config/partner';
import { readPartnersFile } from '../partner/config/partners-file';
import { loadConfig } from '../process/config';
import { type ExitCode, ExpectedError } from '../process/expected-error';
import { outside } from '../process/outside';
import { say, writeJson } from './output';
import { describeOutcome, exitCodeOf, startAndWatch, type WatchOptions, watchOptions } from './watch-run';

/** `sync` */
export function syncCommand(command: Command): void {
  watchOptions(command)
    .argument('[partner]', 'the partner; optional if there is only one')
    .action(async (partner: string | undefined, options: WatchOptions) => {
      outside().exitCode = await sync(partner, options);
    });
}

async function sync(named: string | undefined, options: WatchOptions): Promise<ExitCode> {
  const { partnersFile, env } = loadConfig(['temporal']);
  const partners = readPartnersFile(partnersFile, env);
  const partner = named ?? onlyPartner(partners);
  if (partner === undefined) throw new ExpectedError(askForOne(partners));
  if (!partners.has(partner)) return refuse(partner, partners, options.json);
  return startAndWatch('sync', () => ({ partner, trigger: 'cli' }), options);
}

function askForOne(partners: Partners): string {
  const [first] = partners.keys();
  const known = [...partners.keys()].join(', ');
  return `There are several partners (${known}); name one, as in: npx provider-sync sync ${first}`;
}

/** Reports an unknown partner in the way a run would, but starts no run. */
function refuse(partner: string, partners: Partners, json = false): ExitCode {
  const { message } = new UnknownPartnerError(partner, [...partners.keys()]);
  const failure = {
    type: 'UnknownPartner',
    message: `${FAILURES.UnknownPartner.meaning} ${message}`,
  } as const;
  const outcome = { status: 'failed', failure } as const;
  if (json) writeJson({ id: null, partner, workflowId: null, calls: [], ...outcome });
  else say(describeOutcome(partner, '', outcome));
  return exitCodeOf(outcome);
}
