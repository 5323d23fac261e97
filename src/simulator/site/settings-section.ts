import { isDeepStrictEqual } from 'node:util';
import { ENDPOINTS } from '../../contract/call';
import { DEFAULT_RATES } from '../faults';
import type { NoteworthState } from '../noteworth';
import { type Html, html } from './html';
import { section, total } from './page-parts';

/** The section with the settings of Noteworth that have a button. */
export function settingsSection({ settings }: NoteworthState): Html {
  const { rates, hangMs } = settings;
  const hasFaults = ENDPOINTS.some((endpoint) => total(rates[endpoint]) > 0);
  return section(
    'settings',
    'Settings',
    html`<form method="post" action="/settings"><div class="settings" id="set" data-live>
<div><p>Faults by chance, if no answer is planned: <b>${hasFaults ? 'on' : 'off'}</b></p>
<div class="buttons">${button('measured', 'As measured at the partner', isMeasured(rates))}
${button('none', 'None', !hasFaults)}</div></div>
<div><p>A hang is silent for <b>${hangMs / 1000} s</b>, then answers 408</p>
<div class="buttons">${button('long', '30 s', hangMs === 30_000)}
${button('short', '2 s', hangMs === 2_000)}</div></div>
</div></form>
<p class="note">An answer has ${settings.recordsPerAnswer} of ${settings.people.length} invented people. Seed
${settings.seed}: the same seed repeats faults and answers.</p>`,
  );
}

function button(name: string, label: string, isNow: boolean): Html {
  return html`<button name="set" value="${name}" id="set-${name}" aria-pressed="${String(isNow)}">${label}</button>`;
}

function isMeasured(rates: NoteworthState['settings']['rates']): boolean {
  return isDeepStrictEqual(rates, DEFAULT_RATES);
}
