import type { z } from 'zod';
import { Conditions, isId } from '../lists/conditions';
import type { providerFilterSchema } from '../lists/filters';
import { isStorable } from '../postgres/storable-text';
import { isAtClinicNamed } from '../schema/clinic-key';
import { addLetter } from './name-letters';
import { addNarrowing, type ProviderNarrowing } from './narrow-providers';
import { isShort, isShortText } from './read-facets';
import { addNameSearch, addSearch, type SearchWay } from './search-words';

/** Without a status, the list shows all providers. */
export interface ProviderFilter extends Readonly<z.input<typeof providerFilterSchema>>, ProviderNarrowing {
  /** Our id of the run that brought the provider. */
  readonly firstRunId?: string | undefined;
  /** Our id of the run that waits for an approval to mark the provider as left. */
  readonly departingRunId?: string | undefined;
}

/**
 * The conditions of a list of providers.
 *
 * @param way how Postgres finds the matches of a search
 * @param parameters those of the query so far
 * @throws ExpectedError when a search has too many words
 */
export function toConditions(
  filter: Omit<ProviderFilter, 'sort'>,
  way: SearchWay = 'index',
  parameters: unknown[] = [],
): Conditions {
  const conditions = new Conditions(parameters);
  conditions.equals('partner', filter.partner);
  addTitle(conditions, filter.title);
  addClinic(conditions, filter.clinic);
  conditions.isSince('last_changed_at', filter.changedSince);
  if (filter.status === 'present') conditions.add('listed');
  if (filter.status === 'left') conditions.add('NOT listed');
  conditions.equalsId('first_run_id', filter.firstRunId);
  if (filter.departingRunId !== undefined) addDeparting(conditions, filter.departingRunId);
  addLetter(conditions, filter.letter);
  addSearch(conditions, filter.search, way);
  addNameSearch(conditions, filter.nameSearch, way);
  addNarrowing(conditions, filter);
  return conditions;
}

function addDeparting(conditions: Conditions, runId: string): void {
  const ids = 'SELECT provider_id FROM pending_departures WHERE run_id =';
  conditions.add(isId(runId) ? `providers.id IN (${ids} ${conditions.parameter(runId)})` : 'false');
}

function addTitle(conditions: Conditions, title: string | undefined): void {
  conditions.equals('title', title);
  if (title !== undefined && isShortText(title)) conditions.add(isShort('title'));
}

/** The first condition is exact; an index answers the second one. */
function addClinic(conditions: Conditions, clinic: string | undefined): void {
  conditions.equals('clinic', clinic);
  if (clinic !== undefined && isStorable(clinic)) {
    conditions.add(isAtClinicNamed(`${conditions.parameter(clinic)}::text`));
  }
}
