/**
 * The state of a rejected record. `gone`: a later run brought the person. `dismissed`: an operator decided that nothing is
 * to be done. `resolved`: a run used the record after all.
 */
export const REJECTED_STATES = ['open', 'gone', 'dismissed', 'resolved'] as const;
export type RejectedState = (typeof REJECTED_STATES)[number];
