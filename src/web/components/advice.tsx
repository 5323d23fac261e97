/** A command in a text. It ends before the next punctuation mark. */
const COMMAND = /((?:npx provider-sync|temporal workflow) [^.,;]*[^.,;\s])/;

/** A text that may name commands. They stand out, so that a reader sees where each begins and ends. */
export function Advice({ text }: { readonly text: string }) {
  // Every second part is what the expression captured.
  return <>{text.split(COMMAND).map((part, index) => (index % 2 === 1 ? <code>{part}</code> : part))}</>;
}
