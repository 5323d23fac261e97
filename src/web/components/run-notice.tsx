import { Notice } from './notice';

/** Messages of the run page after a form was sent. The address names one as `?notice=`. */
export const NOTICES = {
  busy: 'This sync was already running, so no other one was started.',
  'no-answer':
    'The answer of this run cannot be replayed: it is no longer kept, or a later list of the partner has been stored since.',
  cancelling: 'Cancelling. The current request is aborted within a second.',
  ended: 'Already finished; nothing to cancel.',
  decided: 'Your decision is recorded. If the same decision was made before, the first one is kept.',
  'decided-otherwise': 'The opposite was decided before. Your decision was not recorded.',
  'nothing-waits': 'This run is not waiting for an approval.',
  'not-taken':
    'No worker received the decision in time. Check that a worker is running, then send it again. Sending it twice is safe.',
} as const;
export type RunNoticeName = keyof typeof NOTICES;
/** Notices of success. The others report why an action had no effect. */
const DONE: readonly RunNoticeName[] = ['cancelling', 'decided'];

/** Shows the result of the last action of the operator. */
export function RunNotice({ notice }: { readonly notice: RunNoticeName }) {
  return (
    <Notice tone={DONE.includes(notice) ? 'busy' : 'warn'}>
      <p>{NOTICES[notice]}</p>
    </Notice>
  );
}
