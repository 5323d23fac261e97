import { setCurrentDetails } from '@temporalio/workflow';

/** Writes what has happened in a run, and what is running now, into the workflow's current details (Markdown). */
export class Story {
  private readonly past: string[] = [];

  /** Adds something that has happened. */
  tell(line: string): void {
    this.past.push(line);
  }

  /** Shows the step that is running, with an optional remark. */
  now(line: string, remark?: string): void {
    this.show(`**${line} …**${remark === undefined ? '' : ` (${remark})`}`);
  }

  /**
   * Shows a step that calls the partner. The workflow learns of its calls only when the step ends, therefore
   * this says where each call can be seen before that.
   */
  calling(line: string, callsLeft: number): void {
    this.now(
      `${line}, in at most ${callsLeft} ${callsLeft === 1 ? 'call' : 'calls'}`,
      "each call so far: the run's page, or the heartbeat of the pending activity",
    );
  }

  /** Shows how the run ended. */
  end(line: string): void {
    this.show(`**${line}**`);
  }

  private show(last: string): void {
    setCurrentDetails([...this.past, last].map((line) => `- ${line}`).join('\n'));
  }
}
