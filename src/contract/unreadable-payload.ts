/** Stands for what came in an encoding that is not understood, or does not hold what its encoding says. */
export class UnreadablePayload {
  constructor(readonly encoding: string) {}
}
