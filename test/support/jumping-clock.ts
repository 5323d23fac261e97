/*
 * Preloaded into a process (`node --require`). Its wall clock then jumps by `CLOCK_JUMP_MS` milliseconds at each
 * SIGUSR2, as if an operator had set the time. The clock of Temporal's native part does not jump.
 */

const RealDate = Date;
let offset = 0;

class JumpingDate extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length === 0 ? [JumpingDate.now()] : given) as [number]));
  }

  static override now(): number {
    return RealDate.now() + offset;
  }
}

globalThis.Date = JumpingDate as DateConstructor;
process.on('SIGUSR2', () => {
  offset += Number(process.env.CLOCK_JUMP_MS);
});

export {};
