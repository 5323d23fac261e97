import type { Family } from '../family/create-family';
import type { Member } from '../family/member';
import { PAGE_STEPS } from '../family/page-steps';
import { type Html, html } from './html';
import {
  answerButtons,
  CLEAR_BUTTON,
  countField,
  planInWords,
  scrollable,
  section,
  stepList,
  total,
} from './page-parts';

/** The page shows the calls of at most this many pages of a partner: its latest. */
const PAGES_SHOWN = 8;

/** The section that shows the partners beside Noteworth, and plans their answers. */
export function familySection(family: Family): Html {
  return section(
    'family',
    'Other partners',
    html`<p class="note">Each has an address of its own below this one. They have no faults unless you plan some.</p>
${planForm(family)}
${scrollable(
  'Other partners',
  html`<table>
<thead><tr><th scope="col">Partner</th><th scope="col">Serves</th><th scope="col">Planned</th>
<th scope="col" class="number">Records</th><th scope="col" class="number">Tokens</th><th scope="col" class="number">Answers</th>
<th scope="col">Calls by page</th></tr></thead>
<tbody id="members" data-live>${Object.entries(family).map(([name, member]) => memberRow(name, member))}</tbody>
</table>`,
)}
${stepList(`All ${Object.keys(PAGE_STEPS).length} answers of the other partners`, PAGE_STEPS)}`,
  );
}

function planForm(family: Family): Html {
  return html`<form method="post" action="/plan" id="plan-family" aria-label="The next answers of another partner">
<div class="fields">
<div><label for="partner">Partner</label>
<select id="partner" name="partner">${Object.keys(family).map((name) => html`<option>${name}</option>`)}</select></div>
<div><label for="endpoint">Endpoint</label>
<select id="endpoint" name="endpoint"><option value="providers">records</option><option value="auth">token</option></select></div>
<div><label for="page">Page, or any</label>
<input id="page" name="page" type="number" min="1" placeholder="any"></div>
<div>${countField('count-family')}</div>
</div>
${answerButtons()}
${CLEAR_BUTTON}
</form>`;
}

function memberRow(name: string, member: Member): Html {
  const { settings, counts, pages } = member.shown();
  return html`
<tr><th scope="row"><code>/${name}</code></th>
<td class="text">${member.description.summary}</td>
<td class="text">${planned(member)}</td>
<td class="number">${settings.records.toLocaleString('en')}</td>
<td class="number">${total(counts.auth)}</td>
<td class="number">${total(counts.providers)}</td>
<td class="text">${callsByPage(pages)}</td></tr>`;
}

/** Such as `page 3: Cut the answer`. */
function planned(member: Member): string {
  const plans = Object.entries(member.planned()).filter(([, steps]) => steps.length > 0);
  const words = plans.map(([place, steps]) => {
    const [endpoint, page] = place.split(' ');
    const where = endpoint === 'auth' ? 'token' : page === undefined ? 'any page' : `page ${page}`;
    return `${where}: ${planInWords(steps).join(', ')}`;
  });
  return words.join('; ') || '–';
}

/** Such as `page 1: 2, page 2: 1`. */
function callsByPage(pages: Readonly<Record<string, number>>): string {
  const entries = Object.entries(pages);
  const shown = entries.slice(-PAGES_SHOWN).map(([page, calls]) => `page ${page}: ${calls}`);
  return [...(entries.length > PAGES_SHOWN ? ['…'] : []), ...shown].join(', ') || 'none';
}
