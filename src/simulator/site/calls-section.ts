import type { SimulatedCall } from '../call-log';
import type { Family } from '../family/create-family';
import type { NoteworthState } from '../noteworth';
import { labelOf } from './buttons';
import { type Html, html } from './html';
import { scrollable, section, total } from './page-parts';
import { NOTEWORTH } from './read-form';
import { runAt, type SeenRuns } from './run-lookup';

/** The page shows at most this many calls, so that they fit on a screen. */
const CALLS_SHOWN = 8;

/** A call to one of the partners. */
interface ShownCall extends SimulatedCall<string> {
  readonly partner: string;
  /** Counts the calls to the partner, from 1. */
  readonly number: number;
}

/** The section that shows the calls to all partners as they arrive, and the runs that make them. */
export function callsSection(state: NoteworthState, family: Family, runs: SeenRuns | null): Html {
  const calls = latestCalls(state, family);
  return section(
    'calls',
    'Calls',
    html`<div id="running" class="running" data-live>${running(runs)}</div>
${scrollable(
  'Calls',
  html`<table>
<thead><tr><th scope="col">Time (UTC)</th><th scope="col">Call</th><th scope="col">Answer</th>
<th scope="col" class="number">Took</th><th scope="col">Run</th></tr></thead>
<tbody id="latest-calls" data-live>${
    calls.length === 0
      ? html`<tr><td colspan="5" class="none">No calls yet.</td></tr>`
      : calls.map((call) => callRow(call, runs))
  }</tbody>
</table>`,
)}
<div class="below"><p class="note"><span id="counts" data-live>${counts(state)}</span> The latest ${CALLS_SHOWN} of all
partners are shown.<noscript> Reload the page for newer ones.</noscript></p>
<form method="post" action="/reset"><button class="quiet">Forget calls, plans and tokens</button></form></div>`,
  );
}

function latestCalls(state: NoteworthState, family: Family): ShownCall[] {
  const partners = [
    [NOTEWORTH, state] as const,
    ...Object.entries(family).map(([name, member]) => [name, member.shown()] as const),
  ];
  const calls = partners.flatMap(([partner, { calls: latest, counts: all }]) =>
    latest.map((call, index) => ({
      ...call,
      partner,
      number: total(all.auth) + total(all.providers) - index,
    })),
  );
  return calls.sort((one, other) => other.at - one.at).slice(0, CALLS_SHOWN);
}

function callRow(call: ShownCall, runs: SeenRuns | null): Html {
  const { at, method, path } = call;
  const time = new Date(at).toISOString();
  return html`
<tr><td class="number"><time datetime="${time}">${time.slice(11, 23)}</time></td>
<td><code>${method} ${path}</code></td>
<td>${outcome(call)}</td>
<td class="number">${took(call)}</td>
<td>${runLink(call, runs)}</td></tr>`;
}

function outcome({ fault, status, ended }: ShownCall): Html {
  const isRefused = fault === 'none' && status !== null && status >= 400;
  const isFine = fault === 'none' && ended === 'answered' && !isRefused;
  const words = fault !== 'none' ? labelOf({ fault, status }) : isRefused ? 'Refused' : 'Normal';
  const known = status !== null && words.includes(`(${status})`) ? '' : status;
  const end = ended === 'pending' ? 'no answer yet' : (known ?? 'no answer');
  return html`<span class="tone-${ended === 'pending' ? 'busy' : isFine ? 'ok' : 'bad'}">${words}</span>
<span class="soft">${end}${ended === 'aborted' ? ', connection closed' : ''}</span>`;
}

function took({ at, durationMs }: ShownCall): string {
  if (durationMs === null) return `${Math.floor((Date.now() - at) / 1000)} s so far`;
  return `${durationMs.toLocaleString('en')} ms`;
}

function runLink({ partner, number, at }: ShownCall, runs: SeenRuns | null): Html {
  const run = runs === null ? undefined : runAt(runs, partner, at);
  if (runs === null || run === undefined) return html`<span class="soft">–</span>`;
  return html`<a id="run-of-${partner}-${number}" href="${runs.pages}/runs/${run.id}">${run.status}</a>`;
}

/** The runs in progress, or why runs are not linked. */
function running(runs: SeenRuns | null): Html {
  if (runs === null) {
    return html`<p class="note">Runs are linked if the simulator knows the address of Provider Sync (<code>--pages</code>).</p>`;
  }
  const { pages, trouble } = runs;
  if (trouble !== null) {
    return html`<p class="note">Runs are not linked now: Provider Sync at ${pages} has a problem, ${trouble}.</p>`;
  }
  const inProgress = runs.runs.filter(({ status }) => status === 'running');
  if (inProgress.length === 0) return html`<p class="note">No sync is running.</p>`;
  return html`${inProgress.map(
    ({ id, partner }) =>
      html`<p><span class="dot"></span>A sync of ${partner} is running: <a id="running-${id}" href="${pages}/runs/${id}">watch its page</a></p>`,
  )}`;
}

function counts({ counts: { auth, providers } }: NoteworthState): string {
  return `Calls to Noteworth so far: /auth ${total(auth)}, /providers ${total(providers)}.`;
}
