import { ENDPOINTS, type Endpoint } from '../../contract/call';
import type { Planned } from '../control';
import type { NoteworthState } from '../noteworth';
import type { Rates } from '../step-table';
import { labelOf } from './buttons';
import { type Html, html } from './html';
import { answerButtons, CLEAR_BUTTON, countField, planInWords, section, total } from './page-parts';
import { NOTEWORTH } from './read-form';

const NO_BREAK_SPACE = '\u00a0';

const MEANINGS: Readonly<Record<Endpoint, string>> = {
  auth: 'gives a token, which ends the token before',
  providers: 'gives ten clinicians for a checksum of the token',
};

const STOLEN = html`<p class="note">A stolen token: another caller gets a new one just before the call, which is then refused
with 403.</p>`;

/** The section with the buttons that plan Noteworth's next answers. */
export function planSection({ settings }: NoteworthState, planned: Planned): Html {
  return section(
    'plan',
    'The next answers',
    html`<div class="endpoints">${ENDPOINTS.map((endpoint) =>
      endpointForm(endpoint, planned[endpoint] ?? [], settings.rates[endpoint]),
    )}</div>`,
  );
}

function endpointForm(endpoint: Endpoint, steps: NonNullable<Planned[string]>, rates: Rates): Html {
  return html`
<form method="post" action="/plan" id="plan-${endpoint}" aria-labelledby="plan-of-${endpoint}">
<input type="hidden" name="partner" value="${NOTEWORTH}"><input type="hidden" name="endpoint" value="${endpoint}">
<h3 id="plan-of-${endpoint}"><code>/${endpoint}</code> <span>${MEANINGS[endpoint]}</span></h3>
<div class="plan" id="planned-${endpoint}" data-live>${plan(steps, rates)}</div>
<div class="fields row">${countField(`count-${endpoint}`)}</div>
${answerButtons(endpoint)}
${CLEAR_BUTTON}
${endpoint === 'providers' ? STOLEN : ''}
</form>`;
}

function plan(steps: NonNullable<Planned[string]>, rates: Rates): Html {
  const chance = html`<span class="chance">by chance: ${chances(rates)}</span>`;
  if (steps.length === 0) return html`<b>Next:</b> ${chance}`;
  const chips = planInWords(steps).map((words) => html`<li>${words}</li>`);
  return html`<b>Next:</b> <ol>${chips}</ol> <span>then ${chance}</span>`;
}

/** The probability of each answer, such as `60 % normal, 30 % hang`. */
function chances(rates: Rates): string {
  const faults = Object.entries(rates).map(
    ([name, rate]) => `${percent(rate)} ${labelOf({ fault: name }).toLowerCase()}`,
  );
  return [`${percent(1 - total(rates))} normal`, ...faults].join(', ');
}

function percent(rate = 0): string {
  return `${Number((100 * rate).toFixed(1))}${NO_BREAK_SPACE}%`;
}
