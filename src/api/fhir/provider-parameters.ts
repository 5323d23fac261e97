import type { ProviderFilter } from '../../store/directory/read-providers';
import { readAlternatives, readBoolean, readDate } from './search-values';
import type { SearchParameter } from './served-resource';

/** Search parameters that go by the provider itself, be it as a practitioner or in its role. */
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
      'When something of it last changed; prefixes eq, ge, gt, sa, lt, eb, le. Changes show when their sync ends, with a time from before: to follow them and miss none, ask from the `completeUntil` on that /api/v1/providers gave before the last search, or from an hour before that search, which no save outlasts',
    read: (value) => {
      const { since, before } = readDate(value);
      return {
        ...(since && { changedSince: since.toISOString() }),
        ...(before && { changedBefore: before.toISOString() }),
      };
    },
  },
} as const satisfies Record<string, SearchParameter<ProviderFilter>>;

/** What `_sort` may be. */
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
