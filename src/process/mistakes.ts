import type { z } from 'zod';

/** All mistakes of a checked input, a line each: `  partners.noteworth.baseUrl: is no http(s) address`. */
export function listMistakes(error: z.ZodError): string {
  return error.issues.map((issue) => `  ${issue.path.join('.') || 'the whole'}: ${issue.message}`).join('\n');
}
