import { Notice } from './notice';

/** What a run's page says after a form was sent, by the name in its address. */
export const NOTICES = {
  busy: 'This sync was already running, so no other one was started.',
  cancelling: 'Cancelling: the request in flight is let go within a second.',
  ended: 'It had ended before it could be cancelled.',
  decided: 'Your decision counts. If the same was decided before, the first decision is kept.',
  'decided-otherwise': 'The opposite was decided before, so your decision does not count.',
  'nothing-waits': 'This run does not wait for an approval, so there was nothing to decide.',
  'not-taken':
    'No worker took the decision in time. Check that a worker is running, and send it again: deciding twice changes nothing.',
} as const;
export type RunNoticeName = keyof typeof NOTICES;
/** Those that say what was just done, not what stood in the way. */
const DONE: readonly RunNoticeName[] = ['cancelling', 'decided'];

/** Says what became of what an operator just asked for. */
export function RunNotice({ notice }: { readonly notice: RunNoticeName }) {
  return (
    <Notice tone={DONE.includes(notice) ? 'busy' : 'warn'}>
      <p>{NOTICES[notice]}</p>
    </Notice>
  );
}
