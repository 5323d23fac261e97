import { defineSearchAttributeKey } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { AWAITING_APPROVAL } from '../src/contract/approval';
import { SEARCH_ATTRIBUTES, type Trigger } from '../src/contract/names';
import type { RunStatus } from '../src/contract/run';

const PARTNER = defineSearchAttributeKey(SEARCH_ATTRIBUTES.partner, 'KEYWORD');
const OUTCOME = defineSearchAttributeKey(SEARCH_ATTRIBUTES.outcome, 'KEYWORD');
const TRIGGER = defineSearchAttributeKey(SEARCH_ATTRIBUTES.trigger, 'KEYWORD');

/** Sets a run's search attributes, so that operators find runs by partner, outcome and trigger. */
export class SearchableOutcome {
  /** @param usable whether Temporal has the attributes. Without them the run sets none. */
  constructor(
    private readonly usable: boolean,
    private readonly partner: string,
    private readonly trigger: Trigger,
  ) {}

  set(outcome: RunStatus | typeof AWAITING_APPROVAL): void {
    if (!this.usable) return;
    upsertSearchAttributes([
      { key: PARTNER, value: this.partner },
      { key: TRIGGER, value: this.trigger },
      { key: OUTCOME, value: outcome },
    ]);
  }
}
