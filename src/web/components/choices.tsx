interface Choice {
  readonly id: string;
  readonly text: string;
  readonly href: string;
  readonly isCurrent: boolean;
}

/** Links to the same list with one filter changed, beside each other. */
export function Choices({ label, choices }: { readonly label: string; readonly choices: readonly Choice[] }) {
  return (
    <nav class="choices" aria-label={label}>
      <ul>
        {choices.map(({ id, text, href, isCurrent }) => (
          <li key={id}>
            <a id={id} href={href} aria-current={isCurrent ? 'true' : undefined}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
