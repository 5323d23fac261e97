import { NAMES_PERSON } from '../../store/erase/names-person';
import { Notice } from './notice';
import type { Tone } from './status';

/** What a page says after a form was sent. The address gives one of the names as `?notice=`. */
type Notices = Readonly<Record<string, readonly [tone: Tone, text: string]>>;

export const RUN_NOTICES = {
  busy: ['warn', 'This sync was already running, so no other one was started.'],
  'no-answer': [
    'warn',
    'The answer of this run cannot be replayed: it is no longer kept, or a later list of the partner has been stored since.',
  ],
  cancelling: ['busy', 'Cancelling. The current request is aborted within a second.'],
  ended: ['warn', 'Already finished; nothing to cancel.'],
  decided: [
    'busy',
    'Your decision is recorded. If the same decision was made before, the first one is kept.',
  ],
  'decided-otherwise': ['warn', 'The opposite was decided before. Your decision was not recorded.'],
  'nothing-waits': ['warn', 'This run is not waiting for an approval.'],
  'not-taken': [
    'warn',
    'No worker received the decision in time. Check that a worker is running, then send it again. Sending it twice is safe.',
  ],
} as const satisfies Notices;
export type RunNoticeName = keyof typeof RUN_NOTICES;

export const REJECTED_NOTICES = {
  dismissed: ['busy', 'Your decision is recorded. The open records are dismissed.'],
  reopened: ['busy', 'Your decision is recorded. The dismissed records are reopened.'],
  unchanged: ['warn', 'Nothing had to change: it was decided before.'],
} as const satisfies Notices;
export type RejectedNoticeName = keyof typeof REJECTED_NOTICES;

export const ERASURE_NOTICES = {
  erased: ['ok', 'The person is erased. This is the receipt.'],
  lifted: ['ok', 'The person may come back with the next answer of the partner.'],
  waiting: [
    'warn',
    'No worker has done it yet. One does it as soon as it can. Check that a worker is running, and load this page again.',
  ],
  named: ['warn', NAMES_PERSON],
} as const satisfies Notices;
export type ErasureNoticeName = keyof typeof ERASURE_NOTICES;

interface OutcomeNoticeProps<Name extends string> {
  readonly notices: Readonly<Record<Name, readonly [tone: Tone, text: string]>>;
  readonly name: Name | undefined;
}

/** Shows the result of the last action of the operator. */
export function OutcomeNotice<Name extends string>({ notices, name }: OutcomeNoticeProps<Name>) {
  if (name === undefined) return null;
  const [tone, text] = notices[name];
  return (
    <Notice tone={tone}>
      <p>{text}</p>
    </Notice>
  );
}
