import { REJECTIONS } from '../../contract/answer';
import { REJECTED_FILTERS, type RejectedRecordFilter, stateOf } from '../../store/lists/filters';
import { FilterForm, PartnerSelect } from './filter-form';
import { REJECTED_STATE_NAMES } from './rejected-state';
import { Select } from './select';

const STATES = { ...REJECTED_STATE_NAMES, all: 'All' };

interface RejectedFiltersProps {
  readonly query: RejectedRecordFilter;
  readonly partners: readonly string[];
}

/** The filters of rejected records: partner, reason and state. */
export function RejectedFilters({ query, partners }: RejectedFiltersProps) {
  const { runId, group } = query;
  const usual = stateOf({ runId, group });
  const state = stateOf(query);
  return (
    <FilterForm
      path="/rejected-records"
      list="rejected"
      others={{
        runId: [runId, 'the records of one run'],
        group: [group, 'the records of one person with one fault'],
      }}
    >
      <Select
        name="reason"
        label="Reason"
        value={query.reason}
        options={Object.entries(REJECTIONS).map(([name, meaning]) => [name, `${name}: ${meaning}`])}
      />
      <Select
        name="state"
        label="State"
        value={state === usual ? undefined : state}
        options={REJECTED_FILTERS.filter((one) => one !== usual).map((one) => [one, STATES[one]])}
        none={STATES[usual]}
      />
      <PartnerSelect partners={partners} value={query.partner} />
    </FilterForm>
  );
}
