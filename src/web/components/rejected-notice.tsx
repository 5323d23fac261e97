import { Notice } from './notice';

/** Messages after a form about rejected records was sent. The address names one as `?notice=`. */
export const REJECTED_NOTICES = {
  dismissed: 'Your decision is recorded. The open records are dismissed.',
  reopened: 'Your decision is recorded. The dismissed records are reopened.',
  unchanged: 'Nothing had to change: it was decided before.',
} as const;
export type RejectedNoticeName = keyof typeof REJECTED_NOTICES;

/** Shows the result of the last action of the operator. */
export function RejectedNotice({ notice }: { readonly notice: RejectedNoticeName | undefined }) {
  return notice === undefined ? null : (
    <Notice tone={notice === 'unchanged' ? 'warn' : 'busy'}>
      <p>{REJECTED_NOTICES[notice]}</p>
    </Notice>
  );
}
