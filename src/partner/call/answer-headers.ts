/** By the name in small letters, the values of a header, one for each time that it came. */
export type AnswerHeaders = { readonly [name: string]: readonly string[] | undefined };

/** The values of a header, trimmed; the case of its name does not matter. */
export function valuesOf(headers: AnswerHeaders, name: string): string[] {
  return (headers[name.toLowerCase()] ?? []).map((value) => value.trim());
}
