import { setTimeout as sleep } from 'node:timers/promises';
import { shareReading } from '../../../src/operations/share-reading';

/** Readings that end when the test says so; each returns its number. */
function readings() {
  const begun: { about: string; end: (error?: Error) => void }[] = [];
  const read = shareReading(
    (about: string) =>
      new Promise<number>((resolve, reject) => {
        const number = begun.length;
        begun.push({ about, end: (error) => (error ? reject(error) : resolve(number)) });
      }),
  );
  return { begun, read };
}

/** Lets everything happen that waits for nothing else. */
const settle = () => new Promise(setImmediate);

describe('a shared reading', () => {
  it('is made twice, however many ask for it while the first one is in progress', async () => {
    const { begun, read } = readings();
    const first = read('runs');
    const others = Array.from({ length: 50 }, () => read('runs'));
    expect(begun).toHaveLength(1);
    begun[0]?.end();
    expect(await first).toBe(0);
    await settle();
    begun[1]?.end();
    expect(await Promise.all(others)).toEqual(others.map(() => 1));
    expect(begun).toHaveLength(2);
  });

  it('never began before it was asked for', async () => {
    const { begun, read } = readings();
    const first = read('runs');
    const second = read('runs');
    begun[0]?.end();
    await first;
    await settle();
    const third = read('runs');
    begun[1]?.end();
    await settle();
    begun[2]?.end();
    expect(await Promise.all([first, second, third])).toEqual([0, 1, 2]);
  });

  it('is not shared by those who ask for something else', async () => {
    const { begun, read } = readings();
    const both = [read('runs'), read('providers')];
    expect(begun.map(({ about }) => about)).toEqual(['runs', 'providers']);
    for (const { end } of begun) end();
    expect(await Promise.all(both)).toEqual([0, 1]);
  });

  it('fails for all who share it, and is made again afterwards', async () => {
    const { begun, read } = readings();
    const first = read('runs');
    const others = [read('runs'), read('runs')];
    begun[0]?.end(new Error('first'));
    await expect(first).rejects.toThrow('first');
    await settle();
    begun[1]?.end(new Error('second'));
    for (const other of others) await expect(other).rejects.toThrow('second');
    const again = read('runs');
    begun[2]?.end();
    expect(await again).toBe(2);
  });

  it('does not wait for one that is stuck', async () => {
    const { begun, read } = readings();
    void read('runs');
    const second = read('runs');
    while (begun.length < 2) await sleep(10);
    begun[1]?.end();
    expect(await second).toBe(1);
  });
});
