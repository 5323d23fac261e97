import type { Json } from '../../contract/answer';
import type { Clinician } from './clinicians';

/** A result of the national registry of providers (NPPES), version 2.1 of its API. */
export function registryResult({ npi, given, family, title, clinic, updatedAt }: Clinician): Json {
  const [first = '', middle] = given;
  const epoch = String(updatedAt);
  const date = new Date(updatedAt).toISOString().slice(0, 10);
  const address = {
    country_code: 'US',
    country_name: 'United States',
    address_type: 'DOM',
    address_1: '100 MAIN ST',
    state: 'OR',
    postal_code: '972010000',
  };
  return {
    created_epoch: epoch,
    enumeration_type: 'NPI-1',
    last_updated_epoch: epoch,
    number: npi,
    addresses: [
      { ...address, city: clinic, address_purpose: 'LOCATION', telephone_number: '503-555-0100' },
      { ...address, city: 'PORTLAND', address_purpose: 'MAILING' },
    ],
    practiceLocations: [],
    basic: {
      first_name: first,
      ...(middle !== undefined && { middle_name: middle }),
      last_name: family,
      credential: title,
      sole_proprietor: 'NO',
      sex: 'X',
      enumeration_date: date,
      last_updated: date,
      status: 'A',
    },
    taxonomies: [
      {
        code: '207Q00000X',
        taxonomy_group: '',
        desc: 'Family Medicine',
        state: 'OR',
        license: '',
        primary: true,
      },
    ],
    identifiers: [],
    endpoints: [],
    other_names: [],
  };
}

/** The registry reports a wrong query under a 200. */
export function refuseRegistryQuery(query: URLSearchParams): Json | undefined {
  if (query.get('version') !== '2.1') return errors('Unsupported Version', 'version', '17');
  if (!/^\d{1,3}$/.test(query.get('limit') ?? '10')) return errors('Field limit: wrong value', 'limit', '16');
  return undefined;
}

function errors(description: string, field: string, number: string): Json {
  return { Errors: [{ description, field, number }] };
}
