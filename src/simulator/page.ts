import { ENDPOINTS } from '../contract/call';
import type { SimulatedCall } from './call-log';
import type { Family } from './family/create-family';
import { familySection } from './family/family-section';
import { STEPS } from './faults';
import { type Html, html } from './html';
import type { NoteworthState } from './noteworth';
import { scrollable, section, stepList, total } from './page-parts';
import type { Rates } from './step-table';

/** The page shows at most this many calls, so that it fits on about one screen. */
const CALLS_SHOWN = 10;

const NO_BREAK_SPACE = '\u00a0';

/** The page that shows the simulator: Noteworth first, then the other partners. Its example commands use `origin`. */
export function page(state: NoteworthState, family: Family, origin: string): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Partner simulator</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
<header>
<h1>Partner simulator</h1>
<p>This server simulates the partner's API on this machine: a new token from <code>GET /auth</code>,
ten invented clinicians from <code>GET /providers</code>, and the partner's faults at the rates below.
<a href="#family">Other partners</a> are below. Reload to see newer calls.</p>
</header>
${ratesSection(state)}
${callsSection(state)}
${controlSection(origin)}
${familySection(family, origin)}
${faultsSection()}
</main>
</body>
</html>
`.markup;
}

function ratesSection({ settings, scripted, counts }: NoteworthState): Html {
  const rows = ENDPOINTS.map(
    (endpoint) => html`
<tr><th scope="row"><code>/${endpoint}</code></th>
<td class="number">${percent(normalRate(settings.rates[endpoint]))}</td>
<td class="wrap">${faultRates(settings.rates[endpoint])}</td>
<td class="number">${total(counts[endpoint])}</td>
<td class="number">${scripted[endpoint]}</td></tr>`,
  );
  return section(
    'rates',
    'Rates',
    html`${scrollable(
      'Rates',
      html`<table>
<thead><tr><th scope="col">Endpoint</th><th scope="col" class="number">Normal</th><th scope="col">Faults</th>
<th scope="col" class="number">Calls</th><th scope="col" class="number">Scripted</th></tr></thead>
<tbody>${rows}</tbody>
</table>`,
    )}
<p class="note">A hang lasts ${settings.hangMs / 1000} s. An answer draws ${settings.recordsPerAnswer} of
${settings.people.length} people. Seed ${settings.seed}.</p>`,
  );
}

function callsSection({ calls }: NoteworthState): Html {
  if (calls.length === 0) return section('calls', 'Last calls', html`<p class="note">No calls yet.</p>`);
  return section(
    'calls',
    'Last calls',
    scrollable(
      'Last calls',
      html`<table>
<thead><tr><th scope="col">Call</th><th scope="col">Fault</th><th scope="col">Status</th>
<th scope="col">Ended</th><th scope="col" class="number">Took</th><th scope="col" class="number">Time (UTC)</th></tr></thead>
<tbody>${calls.slice(0, CALLS_SHOWN).map(callRow)}</tbody>
</table>`,
    ),
  );
}

function callRow({ at, method, path, fault, status, ended, durationMs }: SimulatedCall): Html {
  const time = new Date(at).toISOString();
  return html`
<tr><td><code>${method} ${path}</code></td>
<td>${fault === 'none' ? html`<span class="fine">none</span>` : html`<span class="fault">${fault}</span>`}</td>
<td>${status ?? '–'}</td>
<td>${ended}</td>
<td class="number">${durationMs === null ? '–' : `${durationMs.toLocaleString('en')} ms`}</td>
<td class="number"><time datetime="${time}">${time.slice(11, 23)}</time></td></tr>`;
}

function controlSection(origin: string): Html {
  const json = '-H "Content-Type: application/json"';
  const commands = [
    ['No faults', `curl -X PUT ${origin}/control ${json} -d '{"rates":{"auth":{},"providers":{}}}'`],
    ['Shorter hangs', `curl -X PUT ${origin}/control ${json} -d '{"hangMs":2000}'`],
    [
      'The next two answers',
      `curl -X POST ${origin}/control/script ${json} -d '{"endpoint":"providers","steps":["cut",{"fault":"status","status":503,"retryAfter":"2"}]}'`,
    ],
    ['Forget calls, scripts and the token', `curl -X POST ${origin}/control/reset ${json}`],
    ['Settings and calls as JSON', `curl ${origin}/control`],
  ] as const;
  return section(
    'control',
    'Change it',
    html`<dl>${commands.map(
      ([title, command]) => html`
<dt>${title}</dt><dd><pre><code>${command}</code></pre></dd>`,
    )}</dl>`,
  );
}

function faultsSection(): Html {
  return section('faults', 'Names of faults', stepList(STEPS));
}

function faultRates(rates: Rates): string {
  const parts = Object.entries(rates).map(([name, rate]) => `${name}${NO_BREAK_SPACE}${percent(rate)}`);
  return parts.length === 0 ? 'none' : parts.join(' · ');
}

function normalRate(rates: Rates): number {
  return 1 - total(rates);
}

function percent(rate = 0): string {
  return `${Number((100 * rate).toFixed(1))}${NO_BREAK_SPACE}%`;
}
