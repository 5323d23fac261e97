import type { Command } from 'commander';
import { checkPartners } from '../operations/health/check-partners';
import { statusOf } from '../operations/health/finding';
import { UnknownPartnerError } from '../partner/config/choose-partner';
import { partnersJsonSchema } from '../partner/config/json-schema';
import type { Partners } from '../partner/config/partner';
import { readPartnersFile } from '../partner/config/partners-file';
import { loadConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import { formatChecks } from './doctor';
import { say, writeJson } from './output';

/** `partners check` and `partners schema` */
export function partnersCommand(partners: Command): void {
  partners
    .command('check')
    .description('check partners.yaml, and connect to each partner; no call to its API is made')
    .argument('[partner]', 'the partner; all partners without it')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 all partners can be reached, 2 a mistake or an unreachable partner.',
    )
    .action(check);
  partners
    .command('schema')
    .description('print the JSON Schema of partners.yaml, for editors')
    .action(() => writeJson(partnersJsonSchema()));
}

async function check(named: string | undefined, { json = false }: { json?: boolean }): Promise<void> {
  const { partnersFile, env } = loadConfig([]);
  const partners = readPartnersFile(partnersFile, env);
  const checks = await checkPartners(named === undefined ? partners : only(partners, named));
  const status = statusOf(checks.flatMap(({ findings }) => findings));
  if (json) writeJson({ status, checks });
  else say(formatChecks(checks));
  process.exitCode = status === 'failing' ? EXIT.usage : EXIT.done;
}

function only(partners: Partners, name: string): Partners {
  const partner = partners.get(name);
  if (!partner) throw new ExpectedError(new UnknownPartnerError(name, [...partners.keys()]).message);
  return new Map([[name, partner]]);
}
