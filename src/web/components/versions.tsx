import { isUnmapped, kindOf } from '../../contract/changes';
import { fullName } from '../../contract/person-names';
import type { ProviderVersion } from '../../store/directory/read-provider-versions';
import type { Page } from '../../store/lists/cursor';
import { Pager } from './pager';
import { Table } from './table';
import { ExactTime } from './time';
import { WhatChanged } from './what-changed';

/** The two sides of a comparison, as the address names them. */
export interface ChosenVersions {
  readonly compare?: number | undefined;
  readonly with?: number | undefined;
}

interface VersionsProps {
  readonly url: string;
  /** The path of the provider's page. */
  readonly path: string;
  readonly versions: Page<ProviderVersion>;
  readonly chosen: ChosenVersions;
}

const SIDES = ['compare', 'with'] as const;
type Side = (typeof SIDES)[number];
const LABELS: Readonly<Record<Side, string>> = { compare: 'Compare', with: 'With' };

/** The versions of a provider, the latest first, with a form that compares two of them. */
export function Versions({ url, path, versions, chosen }: VersionsProps) {
  const numbers = versions.items.map(({ number }) => number);
  const [latest = 1] = numbers;
  const newer = chosen.with ?? latest;
  const checked = { compare: chosen.compare ?? Math.max(1, newer - 1), with: newer };
  const isOnly = versions.nextCursor === null && latest === 1;
  const elsewhere = SIDES.filter((side) => !numbers.includes(checked[side]));
  const cursor = new URL(url, 'http://page').searchParams.get('cursor');
  return (
    <section class="card" aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      {isOnly && <p class="muted">Unchanged since it was first seen.</p>}
      <form method="get" action={`${path}#comparison`}>
        {cursor !== null && <input type="hidden" name="cursor" value={cursor} />}
        <VersionTable versions={versions.items} checked={isOnly ? null : checked} />
        {!isOnly && (
          <div class="actions compare-actions">
            <button type="submit">Compare</button>
            {elsewhere.map((side) => (
              <label key={side} class="choice">
                <input type="radio" name={side} value={checked[side]} checked />
                {LABELS[side]} version {checked[side]}, on another page
              </label>
            ))}
          </div>
        )}
      </form>
      <Pager url={url} nextCursor={versions.nextCursor} of="versions" />
    </section>
  );
}

interface VersionTableProps {
  readonly versions: readonly ProviderVersion[];
  /** The versions that are chosen; null if there is nothing to compare. */
  readonly checked: Readonly<Record<Side, number>> | null;
}

function VersionTable({ versions, checked }: VersionTableProps) {
  return (
    <Table
      class={checked ? 'versions choosing' : 'versions'}
      columns={[
        ...(checked ? SIDES.map((side) => [LABELS[side], 'choose'] as const) : []),
        'Version',
        'What changed',
        ['The person then', 'wide'],
        ['Brought by', 'wide'],
      ]}
    >
      <tbody>
        {versions.map((version) => (
          <VersionRow key={version.number} version={version} checked={checked} />
        ))}
      </tbody>
    </Table>
  );
}

function VersionRow({
  version,
  checked,
}: Pick<VersionTableProps, 'checked'> & { readonly version: ProviderVersion }) {
  const { number, beganAt, endedAt } = version;
  return (
    <tr>
      {checked &&
        SIDES.map((side) => (
          <td key={side} class="choose">
            <input
              type="radio"
              id={`${side}-${number}`}
              name={side}
              value={number}
              checked={checked[side] === number}
              aria-label={`${LABELS[side]} version ${number}`}
            />
          </td>
        ))}
      <td class="when">
        <strong id={`version-${number}`}>{number}</strong>
        {endedAt === null && <span class="muted"> (now)</span>}
        <span class="age muted">
          since <ExactTime at={beganAt} />
        </span>
      </td>
      <td>
        {number === 1 ? <strong>first seen</strong> : <What version={version} />}
        <div class="narrow muted">{personOf(version)}</div>
        <div class="narrow muted">
          <Source version={version} />
        </div>
      </td>
      <td class="wide">{personOf(version)}</td>
      <td class="wide">
        <Source version={version} />
      </td>
    </tr>
  );
}

/** With more changes of unmapped fields, they are folded. */
const SHOWN_UNMAPPED = 3;

function What({ version: { changes } }: { readonly version: ProviderVersion }) {
  const unmapped = changes.filter(({ field }) => isUnmapped(field)).length;
  return <WhatChanged kind={kindOf(changes)} changes={changes} isUnfolded={unmapped <= SHOWN_UNMAPPED} />;
}

function personOf({ title, clinic, listed, ...names }: ProviderVersion): string {
  const name = [title, fullName(names)].filter(Boolean).join(' ');
  return `${[name, clinic].filter(Boolean).join(', ')}${listed ? '' : ' (left)'}`;
}

/** The run and the call that brought a version, as far as they are known. */
function Source({ version: { runId, call } }: { readonly version: ProviderVersion }) {
  if (runId === null) return <>unknown</>;
  return (
    <>
      <a href={`/runs/${runId}`}>run</a>
      {call && (
        <>
          {call.runId !== runId && (
            <>
              , a replay of <a href={`/runs/${call.runId}`}>this run</a>
            </>
          )}
          , call at <ExactTime at={call.startedAt} />
          {call.attempt > 1 && ` (attempt ${call.attempt})`}
        </>
      )}
    </>
  );
}
