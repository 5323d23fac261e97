import { partnersJsonSchema } from '../../../src/partner/config/json-schema';
import { startTestApi } from '../../support/api';
import { metricTable, routeTable, spanAttributeTable, workerMetricTable } from './api-tables';
import { commandList } from './command-list';
import {
  partnerKeyTable,
  partnerVariableTable,
  variableTables,
  webhookKeyTable,
} from './configuration-tables';
import { failureTable } from './failure-table';

/** The texts that are made from the code, by the name in the comments around them. */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  const api = await startTestApi();
  try {
    return new Map([
      ['failures', failureTable()],
      ['variables', variableTables()],
      ['partner variables', partnerVariableTable()],
      ['partner keys', partnerKeyTable()],
      ['webhook keys', webhookKeyTable()],
      ['commands', commandList()],
      ['routes', await routeTable(api)],
      ['metrics', await metricTable(api)],
      ['worker metrics', workerMetricTable()],
      ['span attributes', spanAttributeTable()],
    ]);
  } finally {
    await api.close();
  }
}

/** docs/partners.schema.json, as `provider-sync partners schema` prints it. */
export function partnersSchemaText(): string {
  return `${JSON.stringify(partnersJsonSchema(), null, 2)}\n`;
}

const REGION = /(<!-- generated: ([\w ]+) -->)[\s\S]*?(<!-- end -->)/g;

/**
 * The page with its generated texts as they are now.
 *
 * @param used collects the names of the texts
 * @throws Error if the page asks for a text that is not generated
 */
export function fill(page: string, texts: ReadonlyMap<string, string>, used: Set<string>): string {
  return page.replace(REGION, (_, begin: string, name: string, end: string) => {
    const text = texts.get(name);
    if (text === undefined) throw new Error(`Nothing is generated under the name ${name}`);
    used.add(name);
    return `${begin}\n\n${text}\n\n${end}`;
  });
}
