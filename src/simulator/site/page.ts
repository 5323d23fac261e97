import type { Planned } from '../control';
import type { Family } from '../family/create-family';
import { STEPS } from '../faults';
import type { NoteworthState } from '../noteworth';
import { callsSection } from './calls-section';
import { familySection } from './family-section';
import { type Html, html } from './html';
import { section, stepList } from './page-parts';
import { planSection } from './plan-section';
import type { SeenRuns } from './run-lookup';
import { settingsSection } from './settings-section';

/** What the page shows. */
export interface SiteView {
  readonly state: NoteworthState;
  /** The answers that are planned for Noteworth. */
  readonly planned: Planned;
  readonly family: Family;
  /** Null if the address of Provider Sync is not known. */
  readonly runs: SeenRuns | null;
  /** Why a form was refused. */
  readonly trouble: string | null;
}

/** The page that shows the simulator: Noteworth first, then the other partners. */
export function page(view: SiteView): string {
  const { state, planned, family, runs, trouble } = view;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Partner simulator</title>
<link rel="stylesheet" href="/style.css">
<script src="/page.js" defer></script>
</head>
<body>
<main>
<header>
<div><h1>Partner simulator</h1>
<p>It plays the partner Noteworth on this machine. Plan how it answers the next calls, then run a sync.</p></div>
${runs === null ? '' : html`<a class="button" href="${runs.pages}">Open Provider Sync</a>`}
</header>
<div id="trouble" class="trouble" role="alert">${trouble ?? ''}</div>
<p id="news" class="visually-hidden" role="status"></p>
${planSection(state, planned)}
${callsSection(state, family, runs)}
${settingsSection(state)}
${familySection(family)}
${faultsSection()}
</main>
</body>
</html>
`.markup;
}

function faultsSection(): Html {
  return section(
    'faults',
    'More faults',
    html`<p class="note">Programs script answers and rates at <code>/control</code>, with many more faults than there are
buttons. See <code>docs/simulator.md</code>.</p>
${stepList(`All ${Object.keys(STEPS).length} answers of Noteworth`, STEPS)}`,
  );
}
