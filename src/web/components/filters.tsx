/** Whether a list is narrowed at all; an order is no filter. */
export function isFiltered(query: object): boolean {
  return Object.entries(query).some(([name, value]) => name !== 'sort' && value !== undefined);
}

interface OtherFiltersProps {
  /** By its name in the address: what it is set to, and in words whom it leaves. */
  readonly filters: Readonly<Record<string, readonly [value: string | boolean | undefined, told: string]>>;
  /** The list without any filter. */
  readonly all: string;
}

/** Filters that stand in the address and have no field in the form: told, and kept when another one changes. */
export function OtherFilters({ filters, all }: OtherFiltersProps) {
  const given = Object.entries(filters).filter(([, [value]]) => value !== undefined);
  if (given.length === 0) return null;
  return (
    <p class="other-filters">
      Only {given.map(([, [, told]]) => told).join(', and ')}. <a href={all}>Show all</a>
      {given.map(([name, [value]]) => (
        <input key={name} type="hidden" name={name} value={String(value)} />
      ))}
    </p>
  );
}
