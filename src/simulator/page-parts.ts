import { ENDPOINTS } from '../contract/call';
import { type Html, html } from './html';
import type { StepEntry, StepTable } from './step-table';

/** A section with a heading. */
export function section(id: string, title: string, content: Html): Html {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}
</section>`;
}

/** A part that scrolls sideways if it is too wide, also with the keyboard. */
export function scrollable(label: string, content: Html): Html {
  return html`<div class="scroll" role="group" aria-label="${label}" tabindex="0">${content}</div>`;
}

export function total(numbers: Readonly<Record<string, number | undefined>>): number {
  return Object.values(numbers).reduce<number>((sum, number = 0) => sum + number, 0);
}

/** The names of all steps with their meanings, which a click shows. */
export function stepList(steps: StepTable): Html {
  return html`<details><summary>All ${Object.keys(steps).length}, for rates and scripts</summary>
<dl class="faults">${Object.entries(steps).map(
    ([name, entry]) => html`
<dt><code>${name}</code></dt><dd>${meaning(entry)}</dd>`,
  )}</dl></details>`;
}

/** The meaning of a step; text between backticks is shown as code. */
function meaning({ meaning: words, endpoints }: StepEntry): Html {
  const only = endpoints.length === ENDPOINTS.length ? '' : ` (\`/${endpoints.join(', ')}\` only)`;
  const parts = `${words}${only}`.split('`');
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}
