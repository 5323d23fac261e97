import type { WholeAnswer } from '../../contract/activities';
import { PartnerFailure } from '../call/partner-failure';
import type { Partner } from '../config/partner';
import { CarriedSize, MAX_CARRIED_BYTES } from './carriable';
import type { CheckedSlice, PageEnd } from './checked-page';
import { compileMapping } from './mapping';
import { TwinFinder } from './twin-finder';
import { explainUnusable } from './unusable-answer';

/** A checked answer, and the reason why it must not be stored; null if it can be. With a reason, it has no providers. */
export type CollectedAnswer = Required<WholeAnswer>;

/** Collects the only page of an answer in memory, so that it can be the result of an activity. */
export class AnswerCollector {
  private records = new TwinFinder();
  private rejected = 0;
  private readonly size = new CarriedSize();

  constructor(private readonly partner: Partner) {}

  /** An answer that is too large for Temporal is counted, but no longer kept. */
  async add(slice: CheckedSlice): Promise<void> {
    this.rejected += slice.rejected.length;
    if (this.size.isTooLarge) return;
    this.records.add(slice);
    await this.size.add([...slice.providers, ...slice.rejected]);
    if (this.size.isTooLarge) this.records = new TwinFinder();
  }

  /** @throws PartnerFailure `ResponseTooLarge` if Temporal cannot carry the answer */
  finish({ received, unknownFields, sentFields, remarks }: PageEnd): CollectedAnswer {
    if (this.size.isTooLarge) throw tooLarge(received, this.rejected);
    const { providers, rejected, duplicates } = this.records.settle();
    const unusable = explainUnusable({ received, duplicates, rejected }, this.partner.providers);
    const names = compileMapping(this.partner).fields.map(({ text }) => text);
    const answer = {
      received,
      providers: unusable === null ? providers : [],
      rejected,
      duplicates,
      remarks,
      unknownFields,
      sentFields,
      vanishedFields: names.filter((name) => !sentFields.includes(name)),
    };
    return { answer, unusable };
  }
}

function tooLarge(received: number, rejected: number): PartnerFailure {
  const unusable = rejected > 0 ? `, of which ${rejected} cannot be used,` : '';
  return new PartnerFailure(
    'ResponseTooLarge',
    `${received} records${unusable} take more than ${MAX_CARRIED_BYTES} bytes after compression, the most that Temporal carries in one result`,
  );
}
