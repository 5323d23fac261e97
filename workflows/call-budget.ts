import type { OpenedRun } from '../src/contract/activities';
import { callPlace, type Endpoint, lostCall, type PartnerCall } from '../src/contract/call';
import { MAX_CALLS_PER_ENDPOINT } from '../src/contract/names';
import { callsOf, isLastAttemptLost } from './run-failure';

/** Records the calls for one page to each endpoint over all activities, and counts how many are left. */
export class CallBudget {
  private readonly ledger: PartnerCall[] = [];

  /** @param page from 1 */
  constructor(
    private readonly run: OpenedRun,
    readonly page: number,
  ) {}

  /** All calls for the page so far, in order. */
  get calls(): readonly PartnerCall[] {
    return this.ledger;
  }

  hasLeft(endpoint: Endpoint): boolean {
    return this.left(endpoint) > 0;
  }

  /** The number of calls that the partner's rule still allows. */
  left(endpoint: Endpoint): number {
    return MAX_CALLS_PER_ENDPOINT - this.used(endpoint);
  }

  /** Runs a step with the attempts that are left, and records its calls, even if it fails. */
  async spend<T extends { readonly calls: readonly PartnerCall[] }>(
    endpoint: Endpoint,
    step: (callsBefore: number, maximumAttempts: number) => Promise<T>,
  ): Promise<T> {
    const used = this.used(endpoint);
    try {
      const result = await step(used, this.left(endpoint));
      this.ledger.push(...result.calls);
      return result;
    } catch (error) {
      this.ledger.push(...callsOf(error, this.run));
      if (isLastAttemptLost(error)) this.recordLost(endpoint);
      throw error;
    }
  }

  /** No later attempt will record the calls that were lost before their first heartbeat. */
  private recordLost(endpoint: Endpoint): void {
    while (this.hasLeft(endpoint)) {
      this.ledger.push(lostCall(callPlace(endpoint, this.page), this.used(endpoint) + 1, new Date()));
    }
  }

  private used(endpoint: Endpoint): number {
    return Math.max(
      0,
      ...this.ledger.filter((call) => call.endpoint === endpoint).map((call) => call.attempt),
    );
  }
}
