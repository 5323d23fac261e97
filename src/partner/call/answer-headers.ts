/** The values of each header by its name in lower case, one value for each time it was sent. */
export type AnswerHeaders = { readonly [name: string]: readonly string[] | undefined };

/** The trimmed values of a header. The case of its name is ignored. */
export function valuesOf(headers: AnswerHeaders, name: string): string[] {
  return (headers[name.toLowerCase()] ?? []).map((value) => value.trim());
}
