import type { Receiver } from './read-receivers';

/** The state of a receiver, as pages and commands show it. */
export type ReceiverState = 'removed' | 'wants nothing more' | 'failing' | 'has gaps' | 'ok';

/** The state of a receiver; the worst one if several hold. */
export function receiverState({ configured, disabledAt, failingSince, failed }: Receiver): ReceiverState {
  if (!configured) return 'removed';
  if (disabledAt !== null) return 'wants nothing more';
  if (failingSince !== null) return 'failing';
  return failed > 0 ? 'has gaps' : 'ok';
}
