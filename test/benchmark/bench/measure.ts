/** The duration of the work in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The quantile by the nearest rank, so that it is a measured value. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Measures each side once in each round, one after the other, so that a slow phase of the machine affects all sides.
 *
 * @param warmUp the number of first rounds that are not counted
 * @param sides each returns its figure
 */
export async function interleave<Side extends string>(
  { rounds, warmUp = 1 }: { rounds: number; warmUp?: number },
  sides: Readonly<Record<Side, () => Promise<number>>>,
): Promise<Record<Side, number[]>> {
  const names = Object.keys(sides) as Side[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Side, number[]>;
  for (let round = 0; round < warmUp + rounds; round += 1) {
    for (const name of names) {
      const figure = await sides[name]();
      if (round >= warmUp) figures[name].push(figure);
    }
  }
  return figures;
}
