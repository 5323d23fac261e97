import { DECISION_LENGTHS } from '../../contract/approval';
import { NameField } from './name-field';

/** The records that a form is about, as its hidden fields. */
export interface RejectedTarget {
  readonly runId?: string;
  readonly record?: number;
  readonly group?: string;
  /** The group whose page the form is on, if it is about one record. */
  readonly ofGroup?: string | undefined;
}

interface DismissProps {
  readonly target: RejectedTarget;
  /** The label of the button. */
  readonly label: string;
}

/** The form that dismisses open records. */
export function Dismiss({ target, label }: DismissProps) {
  const id = [target.group ?? target.runId, target.record].filter(Boolean).join('-');
  return (
    <form method="post" action="/rejected-records/dismiss" class="stack-small">
      <Target target={target} />
      <div class="field">
        <label for={`reason-${id}`}>Why nothing is to be done</label>
        <input id={`reason-${id}`} type="text" name="reason" required maxLength={DECISION_LENGTHS.reason} />
      </div>
      <NameField id={`by-${id}`} />
      <div class="actions">
        <button type="submit">{label}</button>
      </div>
    </form>
  );
}

/** The form that reopens dismissed records. */
export function Reopen({ target, label }: DismissProps) {
  return (
    <form method="post" action="/rejected-records/reopen" class="actions">
      <Target target={target} />
      <button type="submit">{label}</button>
    </form>
  );
}

function Target({ target }: Pick<DismissProps, 'target'>) {
  return (
    <>
      {Object.entries(target).map(
        ([name, value]) =>
          value !== undefined && <input key={name} type="hidden" name={name} value={String(value)} />,
      )}
    </>
  );
}
