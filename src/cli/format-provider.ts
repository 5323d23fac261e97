import { changesInWords, type FieldChange, kindOf, nameOfField, valueInWords } from '../contract/changes';
import { fullName } from '../contract/person-names';
import { compareProviders } from '../store/directory/compare-providers';
import type { Provider } from '../store/directory/provider-row';
import type { PastProvider, ProviderChange } from '../store/directory/read-provider-history';
import type { ProviderVersion } from '../store/directory/read-provider-versions';
import { table } from './output';
import { shownTime } from './shown-time';

/** What is known of a provider, now or at an earlier time. */
export function formatProviderFacts(provider: Provider | PastProvider): string {
  return table(
    ['Provider', provider.id],
    [
      ['Name', fullName(provider)],
      ['Title', provider.title],
      ['Clinic', provider.clinic],
      ['Partner', provider.partner],
      ...Object.entries(provider.attributes).map(([name, value]) => [name, JSON.stringify(value)]),
      ...(provider.lastSeenAt === null ? [] : [['Last seen', shownTime(provider.lastSeenAt)]]),
      ...(provider.listed ? [] : [['Listed', "no longer in the partner's list"]]),
    ],
  );
}

/** The changes of a provider, the latest first, and its first sight. */
export function formatProviderHistory(provider: Provider, changes: readonly ProviderChange[]): string {
  return table(
    ['WHEN', 'WHAT', 'RUN'],
    [
      ...changes.map((change) => [shownTime(change.changedAt), inWords([change]), change.runId]),
      [shownTime(provider.firstSeenAt), 'first seen', provider.firstRunId],
    ],
  );
}

/** The versions of a provider: what it was, and what changed. */
export function formatVersions(versions: readonly ProviderVersion[]): string {
  return table(
    ['VERSION', 'SINCE', 'TITLE', 'NAME', 'CLINIC', 'WHAT', 'RUN', 'CALL'],
    versions.map((version) => [
      version.number,
      shownTime(version.beganAt),
      version.title,
      fullName(version),
      version.clinic,
      version.number === 1 ? 'first seen' : inWords(version.changes),
      version.runId,
      version.call && `${shownTime(version.call.startedAt)}, attempt ${version.call.attempt}`,
    ]),
  );
}

/** A provider beside others of the same name, field by field. */
export function formatPossiblySame(provider: Provider, others: readonly Provider[]): string {
  const head = 'May be the same person. Records are never merged automatically.';
  return [head, ...others.map((other) => formatPair(provider, other))].join('\n\n');
}

function formatPair(provider: Provider, other: Provider): string {
  return table(
    ['FIELD', '', `THIS: ${provider.id}`, `OTHER: ${other.id}`],
    compareProviders(provider, other).map(({ field, left, right, differs }) => [
      field === 'listed' ? "in the partner's list" : nameOfField(field),
      differs ? 'differs' : '',
      left === undefined ? null : valueInWords(left) || null,
      right === undefined ? null : valueInWords(right) || null,
    ]),
  );
}

function inWords(changes: readonly FieldChange[]): string {
  return changesInWords(kindOf(changes), changes);
}
