const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const TIME = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)';

/** The three forms of RFC 9110, 5.6.7: IMF-fixdate, RFC 850 and asctime. All of them are in GMT. */
const FORMS = [
  `[A-Z][a-z]{2}, (?<day>\\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${TIME} GMT`,
  `[A-Z][a-z]{5,8}, (?<day>\\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\\d{2}) ${TIME} GMT`,
  `[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/** An HTTP date as milliseconds since the epoch; undefined if the text is not one. */
export function parseHttpDate(text: string, now: number): number | undefined {
  const parts = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined);
  if (!parts) return undefined;
  const month = MONTHS.indexOf(parts.month ?? '');
  const day = Number(parts.day);
  const year = fullYear(Number(parts.year), now);
  const date = Date.UTC(year, month, day, Number(parts.hour), Number(parts.minute), Number(parts.second));
  const isReal = month !== -1 && day > 0 && day <= new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return isReal ? date : undefined;
}

/** Two digits mean the latest year with these last digits that is at most 50 years ahead. */
function fullYear(year: number, now: number): number {
  if (year > 99) return year;
  const latest = new Date(now).getUTCFullYear() + 50;
  return latest - ((latest - year) % 100);
}
