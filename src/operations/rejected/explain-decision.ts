import { plural } from '../../contract/explain';
import type { RejectedDecided, RejectedSelection } from '../../store/directory/dismiss-rejected';

/** The error for a selection without any record. */
export function explainNothingSelected(selection: RejectedSelection): string {
  if ('group' in selection) return `There is no group of rejected records with the id ${selection.group}.`;
  const { runId, record } = selection;
  return record === undefined
    ? `There is no run ${runId}, or it rejected no records.`
    : `The run ${runId} rejected no record with the number ${record}.`;
}

/** For example `2 records dismissed, 1 was not open.` */
export function explainDecided(
  decision: 'dismissed' | 'reopened',
  { selected, changed }: RejectedDecided,
): string {
  const before = decision === 'dismissed' ? 'open' : 'dismissed';
  const others = selected - changed;
  const rest =
    others === 0 ? '' : `, ${others.toLocaleString('en')} ${others === 1 ? 'was' : 'were'} not ${before}`;
  return `${plural(changed, 'record')} ${decision}${rest}.`;
}
