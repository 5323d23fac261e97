import { NAMES_PERSON } from '../../store/erase/names-person';
import { Notice } from './notice';
import type { Tone } from './status';

/** Messages after a form about an erasure was sent. The address names one as `?notice=`. */
export const ERASURE_NOTICES = {
  erased: 'The person is erased. This is the receipt.',
  lifted: 'The person may come back with the next answer of the partner.',
  waiting:
    'No worker has done it yet. One does it as soon as it can. Check that a worker is running, and load this page again.',
  named: NAMES_PERSON,
} as const;
export type ErasureNoticeName = keyof typeof ERASURE_NOTICES;

const TONES: Readonly<Record<ErasureNoticeName, Tone>> = {
  erased: 'ok',
  lifted: 'ok',
  waiting: 'warn',
  named: 'warn',
};

/** Shows the result of the last action of the operator. */
export function ErasureNotice({ notice }: { readonly notice: ErasureNoticeName | undefined }) {
  return notice === undefined ? null : (
    <Notice tone={TONES[notice]}>
      <p>{ERASURE_NOTICES[notice]}</p>
    </Notice>
  );
}
