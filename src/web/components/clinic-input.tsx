import type { Facet } from '../../store/directory/read-facets';

/** At most this many clinics are offered before a letter is typed. */
const MAX_OFFERED = 100;

interface ClinicInputProps {
  readonly value: string | undefined;
  /** All clinics, by letter. */
  readonly clinics: readonly Facet[];
  /** Whether the form has a field for the partner. */
  readonly hasPartner: boolean;
}

/**
 * A filter with the clinics as suggestions, by letter. Every clinic can be typed. While the reader types, htmx asks for
 * those with the same words.
 */
export function ClinicInput({ value, clinics, hasPartner }: ClinicInputProps) {
  const isAll = clinics.length <= MAX_OFFERED;
  return (
    <div class="field">
      <label for="filter-clinic">Clinic</label>
      <input
        id="filter-clinic"
        type="text"
        name="clinic"
        list="clinics"
        value={value ?? ''}
        placeholder="Any"
        autocomplete="off"
        spellcheck={false}
        maxLength={1000}
        {...(!isAll && {
          'hx-get': '/providers/clinics',
          ...(hasPartner && { 'hx-include': '#filter-partner' }),
          'hx-target': '#clinics',
          'hx-trigger': 'input changed delay:150ms',
          'hx-sync': 'this:replace',
          'hx-swap': 'innerHTML',
          'hx-push-url': 'false',
          'hx-select': 'unset',
          'hx-select-oob': 'unset',
        })}
      />
      <datalist id="clinics">
        <ClinicOptions clinics={mostFrequent(clinics)} />
      </datalist>
    </div>
  );
}

/** The clinics with the most people, in their order. */
function mostFrequent(clinics: readonly Facet[]): readonly Facet[] {
  if (clinics.length <= MAX_OFFERED) return clinics;
  const offered = new Set([...clinics].sort((one, other) => other.count - one.count).slice(0, MAX_OFFERED));
  return clinics.filter((clinic) => offered.has(clinic));
}

/** The clinics as options, with the number of their people. */
export function ClinicOptions({ clinics }: { readonly clinics: readonly Facet[] }) {
  return (
    <>
      {clinics.map(({ value, count }) => (
        <option key={value} value={value} label={`${value} (${count})`} />
      ))}
    </>
  );
}
