import { z } from 'zod';

/** The address of a partner's API: http or https, without credentials, query and fragment. */
export const baseUrl = z.string().transform((text, context) => {
  const fault = findFault(text);
  if (fault === undefined) return new URL(text).href.replace(/\/+$/, '');
  context.addIssue({ code: 'custom', message: fault });
  return z.NEVER;
});

/** The first fault, in a sentence of its own. It does not repeat the text: a variable may have brought a secret. */
function findFault(text: string): string | undefined {
  if (text.includes('@')) return 'must not contain credentials';
  if (!/^https?:\/\//i.test(text)) return 'needs http:// or https:// in front, as in https://api.example.com';
  if (!URL.canParse(text)) return 'is not an address; write it like https://api.example.com';
  if (text.includes('?')) return 'must not contain a query (? and the text after it)';
  if (text.includes('#')) return 'must not contain a fragment (# and the text after it)';
  return undefined;
}
