import { type Command, InvalidArgumentError } from 'commander';
import { checkPartners } from '../operations/health/check-partners';
import { statusOf } from '../operations/health/finding';
import { UnknownPartnerError } from '../partner/config/choose-partner';
import type { Partner, Partners } from '../partner/config/partner';
import { readPartnersFile } from '../partner/config/partners-file';
import { loadConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import { outside } from '../process/outside';
import { checkOnePartner } from './check-partner';
import { formatChecks } from './format-checks';
import { say, writeJson } from './output';

/** `partners check` */
export function checkPartnersCommand(partners: Command): void {
  partners
    .command('check')
    .description(
      'check partners.yaml, and connect to each partner; with a name, call this partner as a sync does, and store nothing',
    )
    .argument('[partner]', 'the partner to call; without it, no call to any API is made')
    .option('--pages <number>', 'read at most this many pages', pages)
    .option('--force', 'call the partner even if a sync of it is running')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(check);
}

const HELP = `
With a name, each call is real and made once, without a retry. If the partner needs a token, the check gets a new one.
Noteworth then refuses the token of a sync that is running, so the check is refused during a sync unless --force is given.
Secrets are hidden. Names of people are printed.

Exit codes: 0 all partners can be reached, or the partner can be read; 1 a sync of the partner would fail;
2 wrong use, a mistake in the file, or, without a name, an unreachable partner.`;

interface Options {
  readonly pages?: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

function pages(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

async function check(named: string | undefined, options: Options): Promise<void> {
  const { partnersFile, env } = loadConfig([]);
  const partners = readPartnersFile(partnersFile, env);
  if (named !== undefined) {
    const partner = findPartner(partners, named);
    return checkOnePartner(partner, { partnersFile, env }, { pages: 1, ...options });
  }
  if (options.pages !== undefined || options.force) {
    throw new ExpectedError('--pages and --force need the name of a partner.');
  }
  const checks = await checkPartners(partners);
  const status = statusOf(checks.flatMap(({ findings }) => findings));
  if (options.json) writeJson({ status, checks });
  else say(formatChecks(checks));
  outside().exitCode = status === 'failing' ? EXIT.usage : EXIT.done;
}

function findPartner(partners: Partners, name: string): Partner {
  const partner = partners.get(name);
  if (!partner) throw new ExpectedError(new UnknownPartnerError(name, [...partners.keys()]).message);
  return partner;
}
