interface PartnerMessageProps {
  readonly partner: string;
  readonly text: string;
}

/** A message to the partner, to be copied. Without scripts, its text is selected and copied by hand. */
export function PartnerMessage({ partner, text }: PartnerMessageProps) {
  return (
    <section class="card stack-small off-paper" aria-labelledby="message-title">
      <div class="card-head">
        <h2 id="message-title">Message to {partner}</h2>
        <div class="actions">
          <button type="button" data-copies="message" data-says="message-copied" hidden>
            Copy the message
          </button>
          <span id="message-copied" role="status" />
        </div>
      </div>
      <p class="muted" id="message-about">
        It holds names of people. Send it in a way that the partner accepts for such data.
      </p>
      <textarea
        id="message"
        rows={12}
        readOnly
        spellcheck={false}
        aria-labelledby="message-title"
        aria-describedby="message-about"
      >
        {text}
      </textarea>
    </section>
  );
}
