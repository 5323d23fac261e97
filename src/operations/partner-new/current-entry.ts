import type { Json } from '../../contract/answer';
import { compilePath } from '../../partner/language/path';

const KEY = /^[A-Za-z_]\w*$/;
const INDEX = /^\d+$/;

/**
 * The place of a value in the current entry of a list whose entries say what they are for, as names and addresses do in FHIR:
 * the one for official use, or else the usual one, or else one that is not of earlier times.
 *
 * @param place such as `name.0.family`
 * @returns an expression if a record has several entries, or only an old one; otherwise the place as it is
 */
export function inCurrentEntry(place: string, records: readonly Json[]): string {
  const keys = place.split('.');
  const index = keys.findIndex((key) => INDEX.test(key));
  const [before, after] = [keys.slice(0, index), keys.slice(index + 1)];
  if (index < 1 || after.length === 0 || !before.every((key) => KEY.test(key))) return place;
  if (!after.every((key) => KEY.test(key) || INDEX.test(key))) return place;
  const list = compilePath(before.join('.'));
  if (!records.some((record) => needsChoice(list.read(record)))) return place;
  const entries = before.join('.');
  const rest = after.map((key) => (INDEX.test(key) ? `[${key}]` : `.${key}`)).join('');
  const choices = ["use=='official'", "use=='usual'", "use!='old' && use!='maiden'"];
  return `=(${choices.map((choice) => `${entries}[?${choice}]`).join(' || ')})[0]${rest}`;
}

function needsChoice(list: Json | undefined): boolean {
  if (!Array.isArray(list)) return false;
  const uses = list.map((entry) => (isObject(entry) ? entry.use : undefined));
  return uses.some((use) => typeof use === 'string') && (uses.length > 1 || uses[0] === 'old');
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
