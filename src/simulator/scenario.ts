import { randomInt } from 'node:crypto';
import type { Json } from '../contract/answer';
import { ENDPOINTS, type Endpoint } from '../contract/call';
import { DEFAULT_RATES, type PlannedStep, STEPS, type Step } from './faults';
import { PEOPLE } from './people';
import { type Random, sample, seededRandom } from './random';
import { changeSettings, type SettingsChange, type SimulatorSettings } from './settings';
import { drawStep, planStep } from './step-table';

/** Decides how to answer each call: from the endpoint's script first, then at random by the rates. */
export class Scenario {
  private current: SimulatorSettings = {
    seed: randomInt(2 ** 32),
    hangMs: 30_000,
    rates: DEFAULT_RATES,
    recordsPerAnswer: 10,
    people: PEOPLE,
  };
  private random = sequences(this.current.seed);
  private scripts: Record<Endpoint, PlannedStep[]> = { auth: [], providers: [] };

  get settings(): SimulatorSettings {
    return this.current;
  }

  /**
   * Changes the settings. A seed restarts its sequences.
   * @throws ExpectedError if the change is not valid
   */
  configure(change: SettingsChange): void {
    this.current = changeSettings(this.current, change);
    if (change.seed !== undefined) this.random = sequences(change.seed);
  }

  /**
   * Sets how to answer the endpoint's next calls. Replaces the rest of an earlier script.
   * @throws ExpectedError if a step is wrong; then the earlier script stays
   */
  script(endpoint: Endpoint, steps: readonly Step[]): void {
    this.scripts[endpoint] = steps.map((step) => planStep(STEPS, endpoint, step));
  }

  clearScripts(): void {
    for (const endpoint of ENDPOINTS) this.script(endpoint, []);
  }

  /** The steps left in each script. */
  get planned(): Readonly<Record<Endpoint, readonly PlannedStep[]>> {
    return { auth: [...this.scripts.auth], providers: [...this.scripts.providers] };
  }

  /** The number of steps left in each script. */
  get scripted(): Readonly<Record<Endpoint, number>> {
    return { auth: this.scripts.auth.length, providers: this.scripts.providers.length };
  }

  nextStep(endpoint: Endpoint): PlannedStep {
    const { rates } = this.current;
    return (
      this.scripts[endpoint].shift() ??
      planStep(STEPS, endpoint, drawStep(rates[endpoint], this.random[endpoint]))
    );
  }

  drawRecords(count: number = this.current.recordsPerAnswer): Json[] {
    return sample(this.current.people, count, this.random.records);
  }
}

/** One sequence for each use, so that the draws for one do not depend on the draws for another. */
function sequences(seed: number): Record<Endpoint | 'records', Random> {
  return { auth: seededRandom(seed), providers: seededRandom(seed + 1), records: seededRandom(seed + 2) };
}
