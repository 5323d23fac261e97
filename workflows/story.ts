import { setCurrentDetails } from '@temporalio/workflow';

/** Tells in the workflow's current details, as Markdown, what has happened and what goes on now. */
export class Story {
  private readonly past: string[] = [];

  /** Something that has happened. */
  tell(line: string): void {
    this.past.push(line);
  }

  /** What goes on from here. */
  now(line: string): void {
    setCurrentDetails([...this.past.map((told) => `- ${told}`), `- **${line} …**`].join('\n'));
  }

  /** How it ended. */
  end(line: string): void {
    setCurrentDetails([...this.past.map((told) => `- ${told}`), `- **${line}**`].join('\n'));
  }
}
