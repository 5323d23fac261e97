import type { ComponentChildren } from 'preact';
import { Select } from './select';

interface FilterFormProps {
  /** The path of the page, which is also the list without any filter. */
  readonly path: string;
  /** The id of the list that is replaced when a filter changes. */
  readonly list: string;
  /** The id of another element whose content changes with the list. */
  readonly alsoReplaces?: string;
  /** The htmx events that send the form. */
  readonly trigger?: string;
  /** The label of the button that browsers without scripts show. */
  readonly button?: string;
  /** Filters of the address that have no field in the form. */
  readonly others: OtherFiltersProps['filters'];
  readonly children: ComponentChildren;
}

/** The filters of a list. They stay in the address, so that a list can be bookmarked and shared. */
export function FilterForm({
  path,
  list,
  alsoReplaces,
  trigger = 'change, submit',
  button = 'Filter',
  others,
  children,
}: FilterFormProps) {
  return (
    <search>
      <form
        class="filters"
        method="get"
        action={path}
        hx-get={path}
        hx-target={`#${list}`}
        hx-select={`#${list}`}
        hx-swap="outerHTML"
        hx-push-url="true"
        hx-trigger={trigger}
        hx-sync="this:replace"
        {...(alsoReplaces && { 'hx-select-oob': `#${alsoReplaces}:innerHTML` })}
      >
        {children}
        <OtherFilters all={path} filters={others} />
        <noscript>
          <button type="submit">{button}</button>
        </noscript>
      </form>
    </search>
  );
}

/** Lets people choose a partner, if there are several. */
export function PartnerSelect({
  partners,
  value,
}: {
  readonly partners: readonly string[];
  readonly value: string | undefined;
}) {
  if (partners.length < 2) return null;
  return (
    <Select name="partner" label="Partner" value={value} options={partners.map((name) => [name, name])} />
  );
}

/** Whether any filter is set. A sort order is not a filter. */
export function isFiltered(query: object): boolean {
  return Object.entries(query).some(([name, value]) => name !== 'sort' && value !== undefined);
}

interface OtherFiltersProps {
  /** Query parameter → its value and a description of the rows that remain. */
  readonly filters: Readonly<
    Record<string, readonly [value: string | boolean | undefined, description: string]>
  >;
  /** The address of the list without any filter. */
  readonly all: string;
}

/** Describes filters of the address that have no field in the form, and keeps them when another filter changes. */
function OtherFilters({ filters, all }: OtherFiltersProps) {
  const given = Object.entries(filters).filter(([, [value]]) => value !== undefined);
  if (given.length === 0) return null;
  return (
    <p class="other-filters">
      Only {given.map(([, [, description]]) => description).join(', and ')}. <a href={all}>Show all</a>
      {given.map(([name, [value]]) => (
        <input key={name} type="hidden" name={name} value={String(value)} />
      ))}
    </p>
  );
}
