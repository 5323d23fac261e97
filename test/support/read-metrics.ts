/** The series of a page in Prometheus' format, such as `up{job="a"}`, with their values. */
export type Series = ReadonlyMap<string, number>;

/** Reads the metrics of a worker. */
export async function readMetrics(port: number): Promise<Series> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  return parseMetrics(await response.text());
}

/** Reads a page in Prometheus' format. */
export function parseMetrics(page: string): Series {
  const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** The sum of the series with this name and these labels. */
export function sumOf(series: Series, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const isWanted = (one: string) =>
    one.startsWith(`${name}{`) && wanted.every((label) => one.includes(label));
  return [...series].reduce((sum, [one, value]) => (isWanted(one) ? sum + value : sum), 0);
}
