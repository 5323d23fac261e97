import type { CheckedAnswer } from '../../src/contract/answer';
import { compileMapping } from '../../src/partner/answer/mapping';
import { createPageCheck } from '../../src/partner/answer/page-check';
import { TwinFinder } from '../../src/partner/answer/twin-finder';
import type { Partner } from '../../src/partner/config/partner';

/** Checks the records of an answer of one page, as the activity does. */
export function createAnswerCheck(
  partner: Partner,
): (records: readonly unknown[]) => Required<CheckedAnswer> {
  const beginCheck = createPageCheck(partner);
  return (records) => {
    const check = beginCheck();
    const finder = new TwinFinder();
    finder.add(check.check(records));
    const { sentFields, ...notes } = check.notes();
    const names = compileMapping(partner).fields.map(({ text }) => text);
    const vanishedFields = names.filter((name) => !sentFields.includes(name));
    return { received: records.length, ...finder.settle(), ...notes, sentFields, vanishedFields };
  };
}
