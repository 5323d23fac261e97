import { defineSearchAttributeKey } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { AWAITING_APPROVAL } from '../src/contract/approval';
import { SEARCH_ATTRIBUTES, type Trigger } from '../src/contract/names';
import type { RunStatus } from '../src/contract/run';

const PARTNER = defineSearchAttributeKey(SEARCH_ATTRIBUTES.partner, 'KEYWORD');
const OUTCOME = defineSearchAttributeKey(SEARCH_ATTRIBUTES.outcome, 'KEYWORD');
const TRIGGER = defineSearchAttributeKey(SEARCH_ATTRIBUTES.trigger, 'KEYWORD');

/** Keeps a run's search attributes, so that operators find it by what came of it, whoever started it. */
export class SearchableOutcome {
  /** @param usable whether Temporal has the attributes; a run goes on without them where it has not */
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
