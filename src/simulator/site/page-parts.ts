import { ENDPOINTS, type Endpoint } from '../../contract/call';
import type { StepEntry, StepTable } from '../step-table';
import { BUTTONS, labelOf } from './buttons';
import { type Html, html } from './html';
import { MOST_AT_ONCE } from './read-form';

/** A section with a heading. */
export function section(id: string, title: string, content: Html): Html {
  return html`<section class="card" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
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

/** Planned answers in words; equal ones that follow each other are counted. */
export function planInWords(steps: readonly { readonly fault: string }[]): readonly string[] {
  const groups: { label: string; times: number }[] = [];
  for (const step of steps) {
    const label = labelOf(step);
    const last = groups.at(-1);
    if (last?.label === label) last.times += 1;
    else groups.push({ label, times: 1 });
  }
  return groups.map(({ label, times }) => (times === 1 ? label : `${label} × ${times}`));
}

/** The field that says for how many calls a button plans its answer. */
export function countField(id: string): Html {
  return html`<label for="${id}">Number of calls</label>
<input id="${id}" name="count" type="number" min="1" max="${MOST_AT_ONCE}" value="1" required>`;
}

/** The buttons that plan an answer of an endpoint of Noteworth; all of them without an endpoint. */
export function answerButtons(endpoint?: Endpoint): Html {
  const buttons = Object.entries(BUTTONS).filter(
    ([, { endpoints }]) => endpoint === undefined || (endpoints as readonly Endpoint[]).includes(endpoint),
  );
  return html`<div class="buttons">${buttons.map(
    ([name, { label }]) => html`<button name="answer" value="${name}">${label}</button>`,
  )}</div>`;
}

/** The button that clears the plan of its form. */
export const CLEAR_BUTTON = html`<button name="answer" value="clear" class="quiet">Clear the plan</button>`;

/** The names of all steps with their meanings, which a click shows. */
export function stepList(title: string, steps: StepTable): Html {
  return html`<details><summary>${title}</summary>
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
