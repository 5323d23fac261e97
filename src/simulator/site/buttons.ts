import { ENDPOINTS, type Endpoint } from '../../contract/call';

/** A button that plans an answer. */
interface AnswerButton {
  readonly label: string;
  /** The endpoints of Noteworth that have the button. */
  readonly endpoints: readonly Endpoint[];
  /** The step of Noteworth's script. */
  readonly step: string | { readonly fault: string; readonly status: number; readonly retryAfter: string };
  /** The step of the other partners, if it is another one. */
  readonly pageStep?: string;
}

/** The buttons by the value that their form sends. The first one is pressed by Enter in the field before it. */
export const BUTTONS = {
  ok: { label: 'Normal', endpoints: ENDPOINTS, step: 'ok' },
  hang: { label: 'Hang', endpoints: ENDPOINTS, step: 'hang' },
  fail: { label: 'Fail (500)', endpoints: ENDPOINTS, step: 'error500' },
  cut: { label: 'Cut the answer', endpoints: ['providers'], step: 'cut' },
  steal: {
    label: 'Steal the token',
    endpoints: ['providers'],
    step: 'replaceToken',
    pageStep: 'expireToken',
  },
  busy: {
    label: 'Too many requests (429)',
    endpoints: ENDPOINTS,
    step: { fault: 'status', status: 429, retryAfter: '2' },
  },
} as const satisfies Readonly<Record<string, AnswerButton>>;

export type ButtonName = keyof typeof BUTTONS;
export const BUTTON_NAMES = Object.keys(BUTTONS) as ButtonName[];

/** The step that a button plans. */
export function stepOf(name: ButtonName, isNoteworth: boolean): unknown {
  const { step, pageStep }: AnswerButton = BUTTONS[name];
  return isNoteworth ? step : (pageStep ?? step);
}

/** An answer in the words of its button; the name of its fault if there is no button. */
export function labelOf({ fault, status }: { readonly fault: string; readonly status?: unknown }): string {
  const found = Object.values<AnswerButton>(BUTTONS).find(({ step, pageStep }) => {
    if (typeof step === 'string') return step === fault || pageStep === fault;
    return step.fault === fault && step.status === status;
  });
  return found?.label ?? fault;
}
