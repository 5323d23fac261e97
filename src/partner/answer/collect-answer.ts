import type { WholeAnswer } from '../../contract/activities';
import type { Partner } from '../config/partner';
import { CarriedSize } from './carriable';
import type { CheckedSlice, PageEnd } from './checked-page';
import { TwinFinder } from './twin-finder';
import { explainUnusable, usableLimits } from './unusable-answer';

/** A checked answer, and the reason why it must not be stored; null if it can be. With a reason, it has no providers. */
export type CollectedAnswer = Required<Omit<WholeAnswer, 'copy'>>;

/** Collects the only page of an answer in memory, so that it can be the result of an activity. */
export class AnswerCollector {
  private records = new TwinFinder();
  private readonly size = new CarriedSize();

  constructor(private readonly partner: Partner) {}

  /** Whether the answer is too large for a result of an activity. Then it is no longer kept. */
  get isTooLarge(): boolean {
    return this.size.isTooLarge;
  }

  /** @param bytes that the result carries beside the records */
  carry(bytes: number): void {
    this.size.carry(bytes);
    this.dropIfTooLarge();
  }

  async add(slice: CheckedSlice): Promise<void> {
    if (this.size.isTooLarge) return;
    this.records.add(slice);
    await this.size.add([...slice.providers, ...slice.rejected]);
    this.dropIfTooLarge();
  }

  private dropIfTooLarge(): void {
    if (this.size.isTooLarge) this.records = new TwinFinder();
  }

  finish({ received, unknownFields, sentFields, remarks }: PageEnd): CollectedAnswer {
    const { providers, rejected, duplicates } = this.records.settle();
    const unusable = explainUnusable({ received, duplicates, rejected }, usableLimits(this.partner));
    const names = Object.values(this.partner.fields).filter((text) => text !== undefined);
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
