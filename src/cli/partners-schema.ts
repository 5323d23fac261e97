import type { Command } from 'commander';
import { partnersJsonSchema } from '../partner/config/json-schema';
import { writeJson } from './output';

/** `partners schema` */
export function partnersSchemaCommand(partners: Command): void {
  partners
    .command('schema')
    .description('print the JSON Schema of partners.yaml, for editors')
    .action(() => writeJson(partnersJsonSchema()));
}
