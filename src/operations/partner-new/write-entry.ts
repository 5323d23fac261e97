import { stringify } from 'yaml';
import type { Field } from '../../partner/config/partner';
import type { Choice, Draft } from './draft-entry';

/** The address of a partner, as an operator wrote it, with names of variables. */
export interface Asked {
  readonly name: string;
  readonly baseUrl: string;
  /** With its query. */
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
}

const SHOWN_PLACES = 20;
const NO_NEXT = 'the answer leads to no other page; if there are more, see docs/configuration.md';
const FULL =
  'the answer has as many records as the address asks for, so there may be more pages; see docs/configuration.md';
const LARGE = 'the answer is larger than the default of 4 MiB; a longer one than this fails';
/** An entry needs a family name. `partners check` reports that no record has this place. */
const UNKNOWN = 'FILL-IN';

/** A partners.yaml with the drafted entry, and comments about what has to be decided. */
export function writeEntry({ name, baseUrl, path, headers }: Asked, draft: Draft): string {
  const { received, format, separator, records, next, total, identity, otherIdentities, ignore, optional } =
    draft;
  return [
    `# Drafted from one answer with ${received} ${received === 1 ? 'record' : 'records'}. Compare each line with the documentation of the partner.`,
    `# Then check the entry: npx provider-sync partners check ${name}`,
    'partners:',
    `  ${name}:`,
    `    baseUrl: ${scalar(baseUrl)}`,
    ...(draft.maxBytes === undefined ? [] : [`    maxBytes: ${draft.maxBytes} # ${LARGE}`]),
    '    providers:',
    `      path: ${scalar(path)}`,
    ...mapOf('headers', headers, '      '),
    ...(format === 'json' ? [] : [`      format: ${format}`]),
    ...(separator === undefined ? [] : [`      separator: ${separator}`]),
    ...(records ? [`      records: ${scalar(records.place)}${orOthers(records.others)}`] : []),
    ...(next
      ? mapOf('next', next.next, '      ', next.note)
      : [`      # next: ${draft.isFull ? FULL : NO_NEXT}`]),
    ...(total === undefined ? [] : [`      total: ${scalar(total)}`]),
    '    fields:',
    ...fieldLines(draft),
    ...(optional.length > 0 ? [`    optional: ${list(optional)} # not every record has a text there`] : []),
    `    identity: ${list(identity.length > 0 ? identity : [UNKNOWN])}${identityNote(otherIdentities)}`,
    ...(ignore.length > 0 ? [`    ignore: ${list(ignore)} # places that say nothing about a person`] : []),
    '    feed: sample # snapshot if an answer is always the whole list; changes if it is what changed',
  ].join('\n');
}

function fieldLines({ fields, places }: Draft): string[] {
  const line = (field: Field, choice: Choice | undefined) => {
    if (choice) return `      ${field}: ${scalar(choice.place)}${orOthers(choice.others)}`;
    return field === 'familyName' ? `      familyName: ${UNKNOWN} # no place looks like it` : null;
  };
  const names = ['givenName', 'familyName', 'title', 'clinic'] as const;
  const missing = names.filter((field) => !fields[field]);
  const shown = places.slice(0, SHOWN_PLACES).map(oneLine).join(', ');
  return [
    ...names.flatMap((field) => line(field, fields[field]) ?? []),
    ...(missing.length > 0
      ? [`      # no place found for ${missing.join(', ')}; the records have: ${shown}`]
      : []),
  ];
}

function identityNote(others: readonly string[] | null): string {
  return others === null ? ' # no id found; an id is better than names' : orOthers(others);
}

function orOthers(others: readonly string[]): string {
  return others.length === 0
    ? ''
    : ` # or: ${others.map((place) => oneLine(place) || 'the answer itself').join(', ')}`;
}

function mapOf(key: string, values: object, indent: string, note?: string): string[] {
  if (Object.keys(values).length === 0) return [];
  const [first = '', ...rest] = stringify({ [key]: values }, { lineWidth: 0 })
    .trimEnd()
    .split('\n');
  return [`${indent}${first}${note === undefined ? '' : ` # ${note}`}`, ...rest.map((line) => indent + line)];
}

function list(places: readonly string[]): string {
  return `[${places.map(item).join(', ')}]`;
}

function scalar(text: string): string {
  return /\n/.test(text) ? JSON.stringify(text) : stringify(text, { lineWidth: 0 }).trimEnd();
}

/** Between brackets, more characters have a meaning. */
function item(text: string): string {
  return /^[A-Za-z_][\w.-]*$/.test(text) ? scalar(text) : JSON.stringify(text);
}

/** A key of an answer can have line breaks. */
function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ');
}
