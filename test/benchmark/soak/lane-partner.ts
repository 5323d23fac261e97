import { parse } from 'yaml';
import type { Feed } from '../../../src/contract/answer';
import type { Random } from '../../../src/simulator/random';
import type { SimulatedCall, Simulator } from '../../../src/simulator/simulator';
import { partnersFile } from '../../support/partners';
import { familyPartner } from './family-partner';
import { drawPeople, type Person } from './person';

/** The partner of a lane, which offers other people in each run. */
export interface LanePartner {
  readonly name: string;
  readonly feed: Feed;
  /** Its entry in partners.yaml. */
  readonly entry: object;
  /** All calls in order of arrival. */
  readonly calls: readonly SimulatedCall<string>[];
  /** Where another program gets tokens that invalidate ours; null if it cannot. */
  readonly tokenUrl: string | null;
  /** Whether many people leave at once, so that an operator must approve it. */
  readonly needsApproval: boolean;
  /** Chooses the people of the next answers. */
  offer(): readonly Person[];
}

/** Longer than a good answer takes on a busy machine, and shorter than a silence. */
const DEADLINE = '1s';
/** Few people, so that most of them change their title, leave and return during a soak. */
const REGULARS = 60;

/** Marks the calls of another program in the partner's log. */
const THIEF_PATH = '/auth?thief';

/** The kinds of partners in turn: Noteworth with either feed, pages, a compressed NDJSON file, a JSON list. */
export function lanePartner(number: number, simulator: Simulator, random: Random): LanePartner {
  const name = `partner-${number}`;
  switch (number % 5) {
    case 1:
      return noteworthPartner(name, 'sample', simulator, random);
    case 2:
      return noteworthPartner(name, 'snapshot', simulator, random);
    case 3:
      return familyPartner(name, 'acme', simulator, random);
    case 4:
      return familyPartner(name, 'export', simulator, random);
    default:
      return familyPartner(name, 'signed', simulator, random);
  }
}

/**
 * A partner like Noteworth.
 *
 * @param always people who are in each of its answers
 */
export function noteworthPartner(
  name: string,
  feed: Feed,
  simulator: Simulator,
  random: Random,
  always: readonly Person[] = [],
): LanePartner {
  const changes = { baseUrl: simulator.url, deadline: DEADLINE, feed };
  let answers = 0;
  return {
    name,
    feed,
    entry: parse(partnersFile([[name, changes]])).partners[name],
    get calls() {
      return simulator.calls.filter(({ path }) => path !== THIEF_PATH);
    },
    tokenUrl: `${simulator.url}${THIEF_PATH}`,
    needsApproval: feed === 'snapshot',
    offer() {
      answers += 1;
      const people = [...always, ...drawPeople(name, answers, REGULARS, random)].slice(0, 10);
      simulator.configure({ people: people.map((one) => ({ ...one })), recordsPerAnswer: 10 });
      return people;
    },
  };
}
