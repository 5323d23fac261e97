import { type Scenario, type ScenarioOptions, startScenario } from './scenario';

/** A test in a scenario of its own, which ends with it. */
export function inScenario(
  options: ScenarioOptions,
  test: (scenario: Scenario) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const scenario = await startScenario(options);
    try {
      await test(scenario);
    } finally {
      await scenario.end();
    }
  };
}
