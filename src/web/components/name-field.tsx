import { DECISION_LENGTHS } from '../../contract/approval';

/** The field of a form for the name of the operator. */
export function NameField({ id }: { readonly id: string }) {
  return (
    <div class="field">
      <label for={id}>Your name (optional)</label>
      <input id={id} type="text" name="by" maxLength={DECISION_LENGTHS.by} autocomplete="name" />
    </div>
  );
}
