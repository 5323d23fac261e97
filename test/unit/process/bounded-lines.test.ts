import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createLogger } from '../../../src/process/logger';
import { withOutside } from '../../../src/process/outside';

/** An output whose reader takes what was written only when asked to. */
class LateReader extends Writable {
  read = '';
  private next: (() => void) | null = null;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.read += chunk.toString();
    this.next = () => {
      this.next = null;
      done();
    };
  }

  async takeAll(): Promise<void> {
    while (this.writableLength > 0) {
      this.next?.();
      await setImmediate();
    }
  }
}

const MEBIBYTE = 1024 * 1024;

describe('a log whose reader is slow', () => {
  it('keeps a bounded part in memory, and says later how many lines it left out', async () => {
    const stderr = new LateReader();
    const outside = { env: {}, stdout: { write: () => undefined }, stderr };
    const log = withOutside(outside, () => createLogger('info'));
    const text = 'x'.repeat(1000);
    for (let number = 0; number < 5000; number += 1) log.info({ number, text }, 'A line');
    expect(stderr.writableLength).toBeGreaterThan(MEBIBYTE);
    expect(stderr.writableLength).toBeLessThan(MEBIBYTE + 2000);
    await stderr.takeAll();
    log.info({ number: 5000 }, 'The next line');
    await stderr.takeAll();
    const lines = stderr.read
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const kept = lines.slice(0, -2);
    expect(kept.map(({ number }) => number)).toEqual(kept.map((_line, position) => position));
    expect(lines.slice(-2)).toMatchObject([{ level: 40, lines: 5000 - kept.length }, { number: 5000 }]);
  });

  it('loses no line to a reader that takes each line', async () => {
    const stderr = new LateReader();
    const outside = { env: {}, stdout: { write: () => undefined }, stderr };
    const log = withOutside(outside, () => createLogger('info'));
    for (let number = 0; number < 100; number += 1) log.info({ number }, 'A line');
    await stderr.takeAll();
    expect(stderr.read.trimEnd().split('\n')).toHaveLength(100);
  });
});
