import { type Command, InvalidArgumentError, Option } from 'commander';
import { PARTNER_NAME } from '../contract/names';
import { draftPartner } from '../operations/partner-new/draft-partner';
import type { Format } from '../operations/partner-new/look-at-answer';
import type { Asked } from '../operations/partner-new/write-entry';
import { PartnerFailure } from '../partner/call/partner-failure';
import { loadConfig } from '../process/config';
import { EXIT, ExpectedError } from '../process/expected-error';
import { say } from './output';

/** `partners new` */
export function newPartnerCommand(partners: Command): void {
  partners
    .command('new')
    .description('draft an entry of partners.yaml from one answer of a partner, and print it')
    .argument('<name>', 'the name of the partner', partnerName)
    .argument(
      '<address>',
      `the address of its list, which may begin with a variable: \${ACME_URL}/v1/people`,
      address,
    )
    .option(
      '--header <header>',
      `a header of the request: 'X-Api-Key: \${ACME_KEY}'; can be repeated`,
      header,
    )
    .addOption(new Option('--format <format>', 'the format, if it is not recognised').choices(FORMATS))
    .addHelpText('after', HELP)
    .action(draft);
}

const FORMATS = ['json', 'ndjson', 'csv', 'lines'] as const satisfies readonly Format[];

const HELP = `
It makes one call, stores nothing, and prints names of fields, but no values. The draft is a partners.yaml of its own:
read its comments, correct it, copy the entry into your file, and check it with: partners check NAME.
Quote variables, so that the shell leaves them: the file keeps their names and no secret.`;

function partnerName(text: string): string {
  if (PARTNER_NAME.test(text)) return text;
  throw new InvalidArgumentError('Use a-z, 0-9 and -.');
}

const ADDRESS = /^(\$\{[^}]+\}|https?:\/\/[^/?#]+)([/?][^#]*)?$/i;

function address(text: string): Pick<Asked, 'baseUrl' | 'path'> {
  const [, baseUrl, path = '/'] = ADDRESS.exec(text) ?? [];
  if (baseUrl === undefined) {
    throw new InvalidArgumentError(
      `It must begin with http://, https:// or a variable such as \${ACME_URL}.`,
    );
  }
  return { baseUrl, path: path.startsWith('?') ? `/${path}` : path };
}

function header(text: string, earlier: Asked['headers'] = {}): Asked['headers'] {
  const [, name, value] = /^([^:]+):\s*(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError("Write it like 'Name: value'.");
  }
  return { ...earlier, [name.trim()]: value };
}

interface Options {
  readonly header?: Asked['headers'];
  readonly format?: Format;
}

async function draft(
  name: string,
  place: Pick<Asked, 'baseUrl' | 'path'>,
  { header: headers = {}, format }: Options,
): Promise<void> {
  const { env } = loadConfig([]);
  try {
    say(await draftPartner({ name, ...place, headers }, { format, env }));
  } catch (error) {
    if (!(error instanceof PartnerFailure)) throw error;
    throw new ExpectedError(`${error.type}: ${error.message}.`, EXIT.failed);
  }
}
