// Updates the page while it is open, and sends its forms without loading it again. Without this script, the forms load
// the page, and a reload shows newer calls.
(() => {
  const EVERY_MS = 1_000;
  const WITHIN_MS = 5_000;
  const trouble = document.getElementById('trouble');
  const news = document.getElementById('news');

  const within = () => AbortSignal.timeout(WITHIN_MS);
  const parse = async (response) => new DOMParser().parseFromString(await response.text(), 'text/html');
  const say = (element, text) => {
    if (element.textContent !== text) element.textContent = text;
  };

  // Replaces the parts that have changed, and keeps the focus.
  const update = (fresh) => {
    for (const old of document.querySelectorAll('[data-live]')) {
      const part = fresh.getElementById(old.id);
      if (!part || part.innerHTML === old.innerHTML) continue;
      const focused = old.contains(document.activeElement) ? document.activeElement.id : '';
      old.replaceChildren(...part.childNodes);
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    }
  };

  const refresh = async () => {
    update(await parse(await fetch('/', { signal: within() })));
  };

  let isLost = false;
  const look = async () => {
    if (!document.hidden) {
      try {
        await refresh();
        if (isLost) say(trouble, '');
        isLost = false;
      } catch {
        isLost = true;
        say(trouble, 'The simulator does not answer. This page tries again by itself.');
      }
    }
    setTimeout(look, EVERY_MS);
  };
  setTimeout(look, EVERY_MS);

  document.addEventListener('submit', async (event) => {
    const { target: form, submitter } = event;
    event.preventDefault();
    try {
      const body = new URLSearchParams(new FormData(form, submitter));
      const response = await fetch(form.action, { method: 'POST', body, signal: within() });
      const fresh = await parse(response);
      update(fresh);
      const refused = response.ok
        ? ''
        : `The simulator refused this (${response.status}). Open it at 127.0.0.1 or localhost.`;
      say(trouble, fresh.getElementById('trouble')?.textContent ?? refused);
      const done = form.querySelector('.plan') ?? submitter;
      say(news, response.ok ? `Done: ${done.textContent.trim()}` : '');
    } catch {
      say(trouble, 'The simulator did not answer. Try again.');
    }
  });
})();
