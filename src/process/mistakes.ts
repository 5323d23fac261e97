import type { z } from 'zod';

/** A mistake in a file, and its place. */
export interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** One line for each mistake: `  partners.noteworth.auth.path: is not a path; write it like /providers`. */
export function listMistakes({ issues }: { issues: readonly (Mistake | z.core.$ZodIssue)[] }): string {
  return issues.map((issue) => `  ${issue.path.join('.') || 'the file'}: ${messageOf(issue)}`).join('\n');
}

/** Zod keeps the message about a wrong key one level deeper. */
function messageOf(issue: Mistake | z.core.$ZodIssue): string {
  const inKey = 'code' in issue && issue.code === 'invalid_key' ? issue.issues[0] : undefined;
  return (inKey ?? issue).message;
}
