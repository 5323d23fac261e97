import type { OperationOutcomeIssue } from 'fhir/r4';
import { ExpectedError } from '../../process/expected-error';
import { MODIFIERS, type Modifier } from './search-values';
import type { Search, ServedResource } from './served-resource';

const DEFAULT_COUNT = 50;
const MAX_COUNT = 200;
/** An answer lists at most this many; an address or a form can have thousands of parameters. */
const MAX_ISSUES = 20;

/** The parameter in the link to the next page. */
export const CURSOR = '_cursor';

/** A parameter of a request and one of its values. */
export type Pair = readonly [name: string, value: string];

export interface ReadSearch<Filter> extends Search<Filter> {
  /** The parameters that were understood, without the cursor. */
  readonly used: readonly Pair[];
  /** One for each parameter that is wrong or not supported. */
  readonly issues: OperationOutcomeIssue[];
}

/** The part of a search that one parameter gives. */
type Part<Filter> = Partial<Omit<Search<Filter>, 'filter'>> & { readonly filter?: Partial<Filter> };

/** The parameter is valid FHIR perhaps, but this server does not support it. */
class NotSupportedError extends ExpectedError {}

/**
 * Reads the parameters of a search. A parameter that is not supported is an issue, or is ignored if the sender
 * asks for that (`Prefer: handling=lenient`). A parameter with a wrong value is always an issue.
 *
 * @param base the address of the FHIR API, without a slash at the end
 */
export function readSearch<Filter extends object>(
  resource: ServedResource<Filter>,
  pairs: readonly Pair[],
  { base, lenient }: { readonly base: string; readonly lenient: boolean },
): ReadSearch<Filter> {
  let search: Search<Filter> = { filter: {}, includes: [], limit: DEFAULT_COUNT, cursor: undefined };
  const used: Pair[] = [];
  const issues: OperationOutcomeIssue[] = [];
  for (const [name, value] of pairs) {
    if (issues.length === MAX_ISSUES) break;
    try {
      search = add(search, readPart(resource, name, value, base));
      if (name !== CURSOR) used.push([name, value]);
    } catch (error) {
      if (!(error instanceof ExpectedError)) throw error;
      const isUnknown = error instanceof NotSupportedError;
      if (isUnknown && lenient) continue;
      const code = isUnknown ? 'not-supported' : 'value';
      issues.push({ severity: 'error', code, diagnostics: `${name} ${error.message}.` });
    }
  }
  return { ...search, used, issues };
}

function readPart<Filter>(
  resource: ServedResource<Filter>,
  name: string,
  value: string,
  base: string,
): Part<Filter> {
  if (value === '') throw new ExpectedError('has no value');
  switch (name) {
    case '_format':
      return {};
    case CURSOR:
      return { cursor: value };
    case '_count':
      return { limit: readCount(value) };
    case '_sort':
      return { filter: pick(resource.sorts, value) };
    case '_include':
      if (!resource.includes.includes(value)) throw notSupported(resource.includes);
      return { includes: [value] };
    default:
      return { filter: readParameter(resource, name, value, base) };
  }
}

function readParameter<Filter>(
  { type, parameters, includes }: ServedResource<Filter>,
  name: string,
  value: string,
  base: string,
): Partial<Filter> {
  const [, key = '', modifier] = /^([^:]*)(?::(.*))?$/s.exec(name) ?? [];
  const parameter = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
  if (!parameter) {
    const known = [
      ...Object.keys(parameters),
      '_count',
      '_sort',
      '_format',
      ...(includes.length ? ['_include'] : []),
    ];
    throw new NotSupportedError(`is not a search parameter of ${type}; supported: ${known.join(', ')}`);
  }
  if (modifier !== undefined && !isModifier(modifier, parameter.modifiers)) {
    throw new NotSupportedError(`has a modifier that is not supported: ${parameter.documentation}`);
  }
  return parameter.read(value, modifier, base);
}

function isModifier(text: string, supported: readonly Modifier[] = []): text is Modifier {
  return Object.hasOwn(MODIFIERS, text) && supported.some((modifier) => modifier === text);
}

function readCount(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new ExpectedError(`has to be a number from 1 to ${MAX_COUNT}`);
  return Math.min(Number(value), MAX_COUNT);
}

function pick<T>(values: Readonly<Record<string, T>>, name: string): T {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined) throw notSupported(Object.keys(values));
  return value;
}

function notSupported(known: readonly string[]): NotSupportedError {
  return new NotSupportedError(known.length > 0 ? `supports only ${known.join(' or ')}` : 'is not supported');
}

/** Adds a part. All parameters of a search have to match. */
function add<Filter>(search: Search<Filter>, part: Part<Filter>): Search<Filter> {
  const filter = { ...search.filter };
  for (const [key, value] of Object.entries(part.filter ?? {}) as [keyof Filter, Filter[keyof Filter]][]) {
    filter[key] = both(filter[key], value);
  }
  return { ...search, ...part, filter, includes: [...search.includes, ...(part.includes ?? [])] };
}

function both<T>(before: T | undefined, value: T): T {
  if (before === undefined) return value;
  if (Array.isArray(before) && Array.isArray(value)) return before.filter((one) => value.includes(one)) as T;
  throw new ExpectedError('repeats another parameter');
}
