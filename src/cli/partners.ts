import type { Command } from 'commander';
import type { checkPartnersCommand } from './check-partners';
import { addParts, type CommandPart } from './command-parts';
import type { Loading } from './commands';
import type { listPartnersCommand } from './list-partners';
import type { newPartnerCommand } from './new-partner';
import type { partnersSchemaCommand } from './partners-schema';

const PARTS: readonly CommandPart[] = [
  { names: ['list'], load: (): typeof listPartnersCommand => require('./list-partners').listPartnersCommand },
  {
    names: ['check'],
    load: (): typeof checkPartnersCommand => require('./check-partners').checkPartnersCommand,
  },
  { names: ['new'], load: (): typeof newPartnerCommand => require('./new-partner').newPartnerCommand },
  {
    names: ['schema'],
    load: (): typeof partnersSchemaCommand => require('./partners-schema').partnersSchemaCommand,
  },
];

/** `partners list`, `partners check`, `partners new` and `partners schema` */
export function partnersCommand(partners: Command, { words }: Loading): void {
  addParts(partners, PARTS, words);
}
