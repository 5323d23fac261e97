import type { ProviderFilter } from '../../store/directory/provider-filter';
import { readAlternatives, readBoolean, readDate } from './search-values';
import type { SearchParameter } from './served-resource';

/** Search parameters that Practitioner and PractitionerRole share. */
export const PROVIDER_PARAMETERS = {
  _id: {
    type: 'token',
    definition: 'http://hl7.org/fhir/SearchParameter/Resource-id',
    documentation: 'Ids, separated by commas',
    read: (value) => ({ ids: readAlternatives(value) }),
  },
  _lastUpdated: {
    type: 'date',
    definition: 'http://hl7.org/fhir/SearchParameter/Resource-lastUpdated',
    documentation:
      'When the provider last changed; with the prefixes eq, ge, gt, sa, lt, eb, le. Changes appear when their sync ends, with an earlier time. To follow changes and miss none, search from the `completeUntil` that /api/v1/providers returned before the last search, or from one hour before that search: no save takes longer',
    read: (value) => {
      const { since, before } = readDate(value);
      return {
        ...(since && { changedSince: since.toISOString() }),
        ...(before && { changedBefore: before.toISOString() }),
      };
    },
  },
} as const satisfies Record<string, SearchParameter<ProviderFilter>>;

/** The values of `_sort`. */
export const PROVIDER_ORDERS = {
  family: { sort: 'name' },
  name: { sort: 'name' },
  _lastUpdated: { sort: 'lastChangedAt' },
  '-_lastUpdated': { sort: '-lastChangedAt' },
} as const satisfies Record<string, ProviderFilter>;

export function activeParameter(definition: string): SearchParameter<ProviderFilter> {
  return {
    type: 'token',
    definition,
    documentation: 'Whether the partner still lists the provider',
    values: ['true', 'false'],
    read: (value) => ({ status: readBoolean(value) ? 'present' : 'left' }),
  };
}
