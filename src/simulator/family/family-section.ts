import { type Html, html } from '../html';
import { scrollable, section, stepList, total } from '../page-parts';
import type { Family } from './create-family';
import type { Member } from './member';
import { PAGE_STEPS } from './page-steps';

/** The page shows the calls of at most this many pages of a partner: its latest. */
const PAGES_SHOWN = 8;

/** The section of the page that shows the partners beside Noteworth. Its example commands use `origin`. */
export function familySection(family: Family, origin: string): Html {
  const json = '-H "Content-Type: application/json"';
  const commands = [
    ['A million records', `curl -X PUT ${origin}/export/control ${json} -d '{"records":1000000}'`],
    [
      'A cut page, the third',
      `curl -X POST ${origin}/acme/control/script ${json} -d '{"endpoint":"providers","page":3,"steps":["cut"]}'`,
    ],
    ['Settings, counts and calls as JSON', `curl ${origin}/acme/control`],
  ] as const;
  return section(
    'family',
    'Other partners',
    html`<p class="note">Each has its own base address and its own <code>/control</code>. They have no faults unless
you set some.</p>
${scrollable(
  'Other partners',
  html`<table>
<thead><tr><th scope="col">Partner</th><th scope="col">Serves</th><th scope="col" class="number">Records</th>
<th scope="col" class="number">Tokens</th><th scope="col" class="number">Answers</th><th scope="col">Calls by page</th></tr></thead>
<tbody>${Object.values(family).map(memberRow)}</tbody>
</table>`,
)}
<dl>${commands.map(
      ([title, command]) => html`
<dt>${title}</dt><dd><pre><code>${command}</code></pre></dd>`,
    )}</dl>
<h3>Names of faults</h3>
${stepList(PAGE_STEPS)}`,
  );
}

function memberRow(member: Member): Html {
  const { settings, counts, pages } = member.shown();
  return html`
<tr><th scope="row"><code>${member.basePath}</code></th>
<td class="text">${member.description.summary}</td>
<td class="number">${settings.records.toLocaleString('en')}</td>
<td class="number">${total(counts.auth)}</td>
<td class="number">${total(counts.providers)}</td>
<td class="text">${callsByPage(pages)}</td></tr>`;
}

/** Such as `page 1: 2, page 2: 1`. */
function callsByPage(pages: Readonly<Record<string, number>>): string {
  const entries = Object.entries(pages);
  const shown = entries.slice(-PAGES_SHOWN).map(([page, calls]) => `page ${page}: ${calls}`);
  return [...(entries.length > PAGES_SHOWN ? ['…'] : []), ...shown].join(', ') || 'none';
}
