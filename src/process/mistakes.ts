import type { z } from 'zod';

/** Something wrong at a place in an input. */
export interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** All mistakes of a checked input, a line each: `  partners.noteworth.baseUrl: is no http(s) address`. */
export function listMistakes({ issues }: { issues: readonly (Mistake | z.core.$ZodIssue)[] }): string {
  return issues.map((issue) => `  ${issue.path.join('.') || 'the whole'}: ${messageOf(issue)}`).join('\n');
}

/** What is wrong with a key stands one level deeper. */
function messageOf(issue: Mistake | z.core.$ZodIssue): string {
  const inKey = 'code' in issue && issue.code === 'invalid_key' ? issue.issues[0] : undefined;
  return (inKey ?? issue).message;
}
