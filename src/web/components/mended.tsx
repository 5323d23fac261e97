import type { Mender } from '../../store/runs/read-causes';
import { BothTimes } from './time';

interface MendedProps extends Mender {
  /** Our id of the failed run. */
  readonly id: string;
}

/** Whether a partner was synced after a failed run, and by which run. */
export function Mended({ mendedAt, mendedByRunId, id }: MendedProps) {
  if (mendedAt === null) {
    return (
      <>
        <strong>Still failing:</strong> no sync has succeeded since.
      </>
    );
  }
  return (
    <>
      Mended: a{' '}
      <a id={`mended-${id}`} href={`/runs/${mendedByRunId}`}>
        later sync
      </a>{' '}
      succeeded at <BothTimes at={mendedAt} />.
    </>
  );
}
