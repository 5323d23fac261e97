import { CHANGE_FIELDS, type ChangeField } from '../../contract/changes';
import type { Facets } from '../../store/directory/read-facets';
import type { ChangesQuery } from '../changes-query';
import { ClinicInput } from './clinic-input';
import { FilterForm, PartnerSelect } from './filter-form';
import { Select } from './select';

const FIELD_NAMES: Readonly<Record<ChangeField, string>> = {
  title: 'Title',
  clinic: 'Clinic',
  name: 'Name',
  other: 'Other fields of the partner',
};

interface ChangeFiltersProps {
  readonly query: ChangesQuery;
  readonly facets: Facets;
  readonly partners: readonly string[];
}

/** The filters of changes: field, clinic, partner and days. */
export function ChangeFilters({ query, facets, partners }: ChangeFiltersProps) {
  const { kind, period, run } = query;
  return (
    <FilterForm
      path="/changes"
      list="changes"
      alsoReplaces="period"
      others={{ run: [run, 'what one run did'] }}
    >
      <Select
        name="field"
        label="What changed"
        value={query.field}
        none="Title, clinic or name"
        options={CHANGE_FIELDS.map((field) => [field, FIELD_NAMES[field]])}
      />
      <ClinicInput value={query.clinic} clinics={facets.clinics} hasPartner={partners.length > 1} />
      <PartnerSelect partners={partners} value={query.partner} />
      <DayField name="since" label="From day" value={query.since} />
      <DayField name="until" label="To day" value={query.until} />
      {Object.entries({ kind, period }).map(
        ([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />,
      )}
    </FilterForm>
  );
}

interface DayFieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
}

function DayField({ name, label, value }: DayFieldProps) {
  return (
    <div class="field">
      <label for={`filter-${name}`}>{label}</label>
      <input id={`filter-${name}`} type="date" name={name} value={value?.slice(0, 10) ?? ''} />
    </div>
  );
}
