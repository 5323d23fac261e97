import { REJECTIONS } from '../contract/answer';
import { plural } from '../contract/explain';
import { FAILURES } from '../contract/failures';
import type { PartnerCheck, Sample } from '../operations/partner-check/check-partner';
import type { DirectoryComparison } from '../operations/partner-check/compare-directory';
import type { CheckedCall } from '../operations/partner-check/read-pages';
import { table, visible } from './output';

type Shown = PartnerCheck & { readonly directoryUnavailable: string | null };

/** The check of a partner for people, in sections. */
export function formatCheck(check: Shown): string {
  return [
    formatCalls(check),
    ...(check.pages > 0 ? [formatAnswer(check)] : []),
    ...(check.samples.length > 0 ? [section('First records', [formatSamples(check.samples)])] : []),
    ...(check.rejected.count > 0 ? [formatRejected(check)] : []),
    ...(check.pages > 0 ? [section('A sync would', formatDirectory(check))] : []),
    ...(check.remarks.length > 0 ? [section('Remarks', check.remarks.map(visible))] : []),
    ...(check.advice.length > 0 ? [section('Advice', check.advice.map(visible))] : []),
    formatVerdict(check),
  ].join('\n\n');
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.flatMap((line) => line.split('\n')).map((line) => `  ${line}`)].join('\n');
}

function formatCalls({ partner, baseUrl, calls }: Shown): string {
  return section(`Requests to ${partner} at ${baseUrl}`, calls.flatMap(formatCall));
}

/** The headers of later pages are those of the first one. */
function formatCall({ endpoint, page, request, httpStatus, bytes, tookMs }: CheckedCall): string[] {
  const answer = [
    httpStatus === null ? 'no answer' : `HTTP ${httpStatus}`,
    ...(bytes === null ? [] : [`${bytes.toLocaleString('en')} bytes`]),
    `${tookMs.toLocaleString('en')} ms`,
  ].join(', ');
  if (!request) return [`The request to ${endpoint} could not be built.`];
  const { method, address, headers, body } = request;
  const details = [
    ...Object.entries(headers).map(([name, value]) => `  ${name}: ${visible(value)}`),
    ...(body === null ? [] : [`  body with ${visible(body.join(', ') || 'no members')}`]),
  ];
  return [`${method} ${visible(address)}`, ...((page ?? 1) === 1 ? details : []), `  → ${answer}`];
}

function formatAnswer({ format, pages, received, total, isWhole, fields, ...rest }: Shown): string {
  const { usable, duplicates, rejected } = rest;
  const of = total === null ? '' : ` of ${total.toLocaleString('en')}`;
  const next = isWhole
    ? 'There is no further page.'
    : `The next page is ${visible(rest.next)}; --pages reads more.`;
  return section('Answer', [
    `${received.toLocaleString('en')}${of} ${received === 1 ? 'record' : 'records'} on ${plural(pages, 'page')}, as ${format}. ${next}`,
    `${usable.toLocaleString('en')} can be stored, ${plural(duplicates, 'copy', 'copies')} left out, ${rejected.count.toLocaleString('en')} rejected.`,
    ...(rest.marks === 0 ? [] : [`Records that say that a person left: ${rest.marks.toLocaleString('en')}.`]),
    `Mapped fields: ${visible(fields.sentFields.join(', ') || 'none')}`,
    `Other fields: ${visible(fields.unknownFields.join(', ') || 'none')}`,
  ]);
}

function formatSamples(samples: readonly Sample[]): string {
  return table(
    ['GIVEN NAME', 'FAMILY NAME', 'TITLE', 'CLINIC', 'IDENTITY'],
    samples.map(({ givenName, familyName, title, clinic, identity }) => [
      givenName,
      familyName,
      title,
      clinic,
      Object.values(identity).map(asText).join(' · '),
    ]),
  );
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function formatRejected({ rejected }: Shown): string {
  const { groups, first } = rejected;
  return section('Rejected', [
    table(
      ['RECORDS', 'FIELD', 'REASON', 'EXPLANATION'],
      groups.map(({ count, field, reason }) => [count, field, reason, REJECTIONS[reason]]),
    ),
    ...first.map(({ record, raw }) => `Record ${record}: ${visible(shorten(raw))}`),
  ]);
}

const MAX_RAW = 300;

function shorten(raw: string): string {
  return raw.length > MAX_RAW ? `${raw.slice(0, MAX_RAW)}…` : raw;
}

function formatDirectory({ directory, directoryUnavailable, unusable }: Shown): string[] {
  if (unusable !== null) return [`fail: ${unusable}`];
  if (!directory) return [`not known: the directory was not compared. ${directoryUnavailable ?? ''}`.trim()];
  const { inserted, updated, unchanged, departed, departedNote, changedFields } = directory;
  return [
    [
      `add ${inserted.toLocaleString('en')}`,
      `change ${updated.toLocaleString('en')}`,
      `leave ${unchanged.toLocaleString('en')} unchanged`,
      ...(departed === null ? [] : [`mark ${departed.toLocaleString('en')} as left`]),
    ].join(', '),
    ...(departedNote === null ? [] : [departedNote]),
    ...approval(directory),
    ...(changedFields.length === 0
      ? []
      : [`Changes: ${changedFields.map(({ field, count }) => `${visible(field)} (${count})`).join(', ')}`]),
  ];
}

function approval({ needsApproval, departed }: DirectoryComparison): string[] {
  if (!needsApproval) return [];
  return departed === null
    ? ['It may wait for approval, because a large share may leave.']
    : ['It would wait for approval, because so large a share would leave.'];
}

function formatVerdict({ failure, unusable, partner }: Shown): string {
  if (failure) {
    const { type, message } = failure;
    return `The check failed: ${type} (${message}). ${FAILURES[type].meaning}`;
  }
  if (unusable !== null) return `A sync of ${partner} would fail: UnusableAnswer.`;
  return `${partner} can be read. Nothing was written.`;
}
