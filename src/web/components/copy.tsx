interface CopyProps {
  /** The id of the element whose text is copied. */
  readonly from: string;
  /** What the button does, for screen readers. */
  readonly label: string;
}

/** Copies the text of an element. It needs scripts, and is hidden without. */
export function Copy({ from, label }: CopyProps) {
  return (
    <button type="button" class="link copy" data-copies={from} aria-label={label} hidden>
      Copy
    </button>
  );
}

interface CopyLinkProps {
  /** The place on the page, such as `#call-1`. */
  readonly to: string;
  readonly label: string;
}

/** Copies the address of a place on the page. It needs scripts, and is hidden without. */
export function CopyLink({ to, label }: CopyLinkProps) {
  return (
    <button type="button" class="link copy" data-copies-link={to} aria-label={label} hidden>
      Copy link
    </button>
  );
}
