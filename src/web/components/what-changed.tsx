import {
  CHANGE_WORDS,
  type ChangeKind,
  type FieldChange,
  isUnmapped,
  nameOfField,
  valueInWords,
  withValues,
} from '../../contract/changes';
import { Icon, type IconName } from './icon';
import type { Tone } from './status';

const LOOKS: Readonly<
  Record<Exclude<ChangeKind, 'changed'>, { readonly tone: Tone; readonly icon: IconName }>
> = {
  new: { tone: 'ok', icon: 'check' },
  left: { tone: 'warn', icon: 'skip' },
  returned: { tone: 'busy', icon: 'turn' },
};

interface WhatChangedProps {
  readonly kind: ChangeKind;
  readonly changes: readonly FieldChange[];
  /** Whether changes of unmapped fields are shown like the others. */
  readonly isUnfolded: boolean;
}

/** What happened to a person in one run, in words. */
export function WhatChanged({ kind, changes, isUnfolded }: WhatChangedProps) {
  const fields = withValues(changes);
  const unmapped = fields.filter(({ field }) => isUnmapped(field));
  const mapped = fields.filter(({ field }) => !isUnmapped(field));
  return (
    <>
      {kind !== 'changed' && (
        <span class={`happened tone-${LOOKS[kind].tone}`}>
          <Icon name={LOOKS[kind].icon} /> {CHANGE_WORDS[kind]}
        </span>
      )}
      <Fields changes={isUnfolded ? fields : mapped} />
      {!isUnfolded && unmapped.length > 0 && (
        <details>
          <summary>
            {unmapped.length} other {unmapped.length === 1 ? 'field' : 'fields'}
          </summary>
          <Fields changes={unmapped} />
        </details>
      )}
    </>
  );
}

function Fields({ changes }: { readonly changes: readonly FieldChange[] }) {
  if (changes.length === 0) return null;
  return (
    <ul class="fields">
      {changes.map(({ field, before, after }) => (
        <li key={field}>
          <span class="muted">{nameOfField(field)}</span> <Value of={before} as="del" name="before" />
          <Icon name="arrow" /> <Value of={after} as="ins" name="after" />
        </li>
      ))}
    </ul>
  );
}

interface ValueProps {
  readonly of: FieldChange['before'];
  readonly as: 'del' | 'ins';
  readonly name: string;
}

function Value({ of, as: Element, name }: ValueProps) {
  const text = valueInWords(of);
  return text === '' ? (
    <span class="muted">none </span>
  ) : (
    <Element>
      <span class="visually-hidden">{name}: </span>
      {text}
    </Element>
  );
}
