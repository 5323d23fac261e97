/** The values of each header by its name in lower case, one value for each time it was sent. */
export type AnswerHeaders = { readonly [name: string]: readonly string[] | undefined };

/** The trimmed values of a header. The case of its name is ignored. */
export function valuesOf(headers: AnswerHeaders, name: string): string[] {
  return (headers[name.toLowerCase()] ?? []).map((value) => value.trim());
}

/** The character set that Content-Type announces, in lower case; undefined if it announces none. */
export function charsetOf(headers: AnswerHeaders): string | undefined {
  const [type = ''] = valuesOf(headers, 'Content-Type');
  return /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(type)?.[1]?.toLowerCase();
}
