interface SelectProps {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly options: readonly (readonly [value: string, text: string])[];
  /** Whether one of the options must be chosen. */
  readonly mandatory?: boolean;
  /** The label of the choice of no option. */
  readonly none?: string;
}

/** A filter with a fixed set of options. */
export function Select({ name, label, value, options, mandatory = false, none = 'Any' }: SelectProps) {
  const isListed = value === undefined || options.some(([option]) => option === value);
  const shown = isListed ? options : [[value, value] as const, ...options];
  return (
    <div class="field">
      <label for={`filter-${name}`}>{label}</label>
      <select id={`filter-${name}`} name={name}>
        {!mandatory && (
          <option value="" selected={value === undefined}>
            {none}
          </option>
        )}
        {shown.map(([option, text]) => (
          <option key={option} value={option} selected={option === value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}
