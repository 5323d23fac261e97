import { REJECTIONS, type Rejection } from './answer';
import { fullName } from './person-names';

/**
 * The state of a rejected record. `gone`: a later run brought the person. `dismissed`: an operator decided that nothing is
 * to be done. `resolved`: a replay of the run used the record, or rejected it again.
 */
export const REJECTED_STATES = ['open', 'gone', 'dismissed', 'resolved'] as const;
export type RejectedState = (typeof REJECTED_STATES)[number];

/**
 * Whether the person of a rejected record is in the directory. `sameName`: a person of the partner has this name, but may
 * be another one. `unknown`: the record does not show who it is about.
 */
export const PRESENCES = ['present', 'left', 'sameName', 'absent', 'unknown'] as const;
export type Presence = (typeof PRESENCES)[number];

const PRESENT: Record<Presence, string> = {
  present: 'In the directory.',
  left: 'Left the list of the partner.',
  sameName: 'A person of this name is in the directory.',
  absent: 'Not in the directory.',
  unknown: 'The record does not show who it is.',
};

/** The subject of a fault, and what is wrong with it. */
interface Fault {
  /** The partner's name of the faulty field; null if the whole record is faulty. */
  readonly field: string | null;
  readonly reason: Rejection;
}

/** The names that a rejected record shows. */
type Names = Parameters<typeof fullName>[0];

/** For example `clinic is missing`. */
function explainFault({ field, reason }: Fault): string {
  return `${field ?? 'the record'} ${REJECTIONS[reason]}`;
}

/** For example `Olga Hernandez`. */
export function explainPerson(names: Names): string {
  return fullName(names) || 'Unknown person';
}

/** For example `Olga Hernandez: clinic is missing`. */
export function explainProblem(problem: Fault & Names): string {
  return `${explainPerson(problem)}: ${explainFault(problem)}`;
}

/** For example `Came 3 times`. */
export function explainCount(count: number): string {
  return count === 1 ? 'Came once' : `Came ${count.toLocaleString('en')} times`;
}

/** For example `Not in the directory.` */
export function explainPresence(presence: Presence): string {
  return PRESENT[presence];
}
