import { setCurrentDetails } from '@temporalio/workflow';
import type { StagedPages } from '../src/contract/activities';
import { explainPages } from '../src/contract/explain';

/**
 * Writes the progress of a run into the workflow's current details (Markdown), for Temporal's UI and CLI: one line
 * for each finished step, and one for the step that is running.
 */
export class Story {
  private readonly past: string[] = [];
  private pages: string | null = null;

  /** Adds a line about a finished step. */
  tell(line: string): void {
    this.past.push(line);
  }

  /** Shows the step that is running, with an optional remark. */
  now(line: string, remark?: string): void {
    this.show(`**${line} …**${remark === undefined ? '' : ` (${remark})`}`);
  }

  /**
   * Shows a step that calls the partner. The workflow receives its calls only when the step ends. Therefore the line
   * names the places that show each call earlier.
   */
  calling(line: string, callsLeft: number): void {
    this.now(
      `${line}, in at most ${callsLeft} ${callsLeft === 1 ? 'call' : 'calls'}`,
      "each call so far: the run's page, or the heartbeat of the pending activity",
    );
  }

  /** Shows how far a run with several pages is; this replaces what was shown about earlier pages. */
  paged({ pages, received, total }: Pick<StagedPages, 'pages' | 'received' | 'total'>): void {
    this.pages = explainPages({ pages, received, total });
  }

  waitingFor(partner: string | undefined): void {
    this.now(`Waiting for a worker whose partners.yaml has this run's entry for ${partner}`);
  }

  /** Shows how the run ended. */
  end(line: string): void {
    this.show(`**${line}**`);
  }

  private show(last: string): void {
    const lines = [...this.past, this.pages, last].filter((line) => line !== null);
    setCurrentDetails(lines.map((line) => `- ${line}`).join('\n'));
  }
}
