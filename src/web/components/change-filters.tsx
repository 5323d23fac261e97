import { CHANGE_FIELDS, type ChangeField } from '../../contract/changes';
import type { Facets } from '../../store/directory/read-facets';
import { isDay } from '../changes-period';
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
      <TimeField name="since" label="From" value={query.since} />
      <TimeField name="until" label="To" value={query.until} />
      {Object.entries({ kind, period }).map(
        ([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />,
      )}
    </FilterForm>
  );
}

interface TimeFieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
}

/** A day. An exact time stays as it is, because a field for days would lose the time. */
function TimeField({ name, label, value = '' }: TimeFieldProps) {
  const isTime = value !== '' && !isDay(value);
  return (
    <div class="field">
      <label for={`filter-${name}`}>
        {label} {isTime ? 'time' : 'day'}
      </label>
      <input id={`filter-${name}`} type={isTime ? 'text' : 'date'} name={name} value={value} />
    </div>
  );
}
