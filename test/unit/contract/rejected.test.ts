import { REJECTIONS, type Rejection } from '../../../src/contract/answer';
import {
  explainCount,
  explainPerson,
  explainPresence,
  explainProblem,
  PRESENCES,
} from '../../../src/contract/rejected';

const OLGA = { givenName: 'Olga', familyName: 'Hernandez' };

describe('a rejected record in words', () => {
  it('names the person and the fault', () => {
    const problem = { ...OLGA, field: 'clinic', reason: 'MissingField' } as const;
    expect(explainProblem(problem)).toBe('Olga Hernandez: clinic is missing');
    expect(explainProblem({ ...problem, field: null, reason: 'ConflictingDuplicate' })).toBe(
      'Olga Hernandez: the record is listed twice with different details; neither was stored',
    );
  });

  it.each([
    [{ ...OLGA, givenName: null }, 'Hernandez'],
    [{ ...OLGA, givenName: '' }, 'Hernandez'],
    [{ ...OLGA, familyName: null }, 'Olga'],
    [{ givenName: null, familyName: null }, 'Unknown person'],
    [{ givenName: '', familyName: null }, 'Unknown person'],
  ])('uses the names of %j', (names, expected) => {
    expect(explainPerson(names)).toBe(expected);
  });

  it.each(Object.keys(REJECTIONS) as Rejection[])('has a sentence for %s', (reason) => {
    expect(explainProblem({ ...OLGA, field: null, reason })).toMatch(
      /^Olga Hernandez: the record (is|has) .+/,
    );
  });

  it('counts', () => {
    expect([1, 3, 12_345].map(explainCount)).toEqual(['Came once', 'Came 3 times', 'Came 12,345 times']);
  });

  it('says whether the person is in the directory', () => {
    const sentences = PRESENCES.map(explainPresence);
    expect(new Set(sentences).size).toBe(PRESENCES.length);
    expect(explainPresence('absent')).toBe('Not in the directory.');
  });
});
