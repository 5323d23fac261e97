// Behaviour of the pages that htmx does not have.
(() => {
  // Keeps unused filters out of the address.
  document.addEventListener('htmx:configRequest', ({ detail }) => {
    for (const [name, value] of [...detail.formData]) if (value === '') detail.formData.delete(name);
  });

  // A hidden page sends no requests and holds no connection, because a browser allows six connections to a host.
  // It updates itself when it becomes visible.
  const asksByItself = (element) => element.matches('[hx-trigger^="changed"]');
  document.addEventListener('htmx:beforeRequest', (event) => {
    if (document.hidden && asksByItself(event.detail.elt)) event.preventDefault();
  });

  // Shows an error until the same request succeeds.
  const trouble = document.getElementById('trouble');
  let failing = null;
  const say = (element, what) => {
    failing = element;
    const text = asksByItself(element)
      ? `Live updates have stopped; this page keeps trying. ${what}`
      : `Loading failed. ${what}`;
    if (trouble.textContent !== text) trouble.textContent = text;
  };
  const live = document.querySelector('[data-events]');
  const refresh = () => {
    const look = document.getElementById(live.dataset.look);
    if (look) htmx.trigger(look, 'changed');
  };
  let stream = null;
  let again;
  const listen = () => {
    stream?.close();
    clearTimeout(again);
    if (document.hidden) return;
    stream = new EventSource(live.dataset.events);
    stream.addEventListener('changed', refresh);
    stream.addEventListener('open', () => failing && refresh());
    stream.addEventListener('ended', () => {
      stream.close();
      document.removeEventListener('visibilitychange', listen);
    });
    stream.addEventListener('error', () => {
      // This request reports the error, or leads to the login if the session has ended.
      refresh();
      if (stream.readyState === EventSource.CLOSED) again = setTimeout(listen, 5_000);
    });
  };
  if (live) {
    document.addEventListener('visibilitychange', listen);
    listen();
  }
  const on = (event, what) =>
    document.addEventListener(event, ({ detail }) => say(detail.requestConfig.elt, what(detail.xhr)));
  on('htmx:sendError', () => 'Provider Sync cannot be reached. Check your network connection.');
  on('htmx:timeout', () => 'Provider Sync did not answer in time. Try again in a moment.');
  on('htmx:responseError', problemOf);
  document.addEventListener('htmx:afterRequest', ({ detail }) => {
    if (!detail.successful || !failing) return;
    if (failing !== detail.requestConfig.elt && failing.isConnected) return;
    failing = null;
    trouble.textContent = '';
  });
  function problemOf({ status, responseText }) {
    try {
      return JSON.parse(responseText).detail;
    } catch {
      return `Provider Sync answered with an error (${status}). Try again in a moment.`;
    }
  }
  document.addEventListener('htmx:historyCacheMissLoadError', () => location.reload());

  // A reload of the answer to a form would send the form again. It loads the page before the form instead.
  const answer = document.querySelector('[data-back]');
  if (answer) history.replaceState(null, '', answer.dataset.back);

  // The page of a failed service loads again when the service responds.
  const waiting = document.querySelector('[data-waits-for]');
  const isBack = async (service) => {
    try {
      const response = await fetch('/readyz', { signal: AbortSignal.timeout(10_000) });
      const state = (await response.json()).parts[service];
      return state === 'ok' || state === 'not writable';
    } catch {
      return false; // Provider Sync itself does not respond.
    }
  };
  const waitForService = async () => {
    if (!document.hidden && (await isBack(waiting.dataset.waitsFor))) location.reload();
    else setTimeout(waitForService, 2_000);
  };
  if (waiting) setTimeout(waitForService, 2_000);

  // Screen readers announce a text only once.
  document.addEventListener('htmx:oobBeforeSwap', ({ detail }) => {
    if (detail.fragment.textContent === detail.target.textContent) detail.shouldSwap = false;
  });

  // The marks of a strip are one tab stop: the last one that had the focus. Arrow keys move between them.
  const marksOf = (mark) => [...mark.closest('.strip').querySelectorAll('a')];
  document.addEventListener('focusin', ({ target }) => {
    if (!target.matches('.strip a')) return;
    for (const mark of marksOf(target)) mark.tabIndex = mark === target ? 0 : -1;
  });
  document.addEventListener('keydown', (event) => {
    const mark = event.target.closest?.('.strip a');
    if (!mark || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const marks = marksOf(mark);
    const at = marks.indexOf(mark);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: marks.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    marks[to]?.focus();
  });

  // Open details stay open when the part around them is replaced.
  let unfolded = [];
  document.addEventListener('htmx:beforeSwap', ({ detail }) => {
    unfolded = [...detail.target.querySelectorAll('details[open]')].map(({ id }) => id);
  });
  document.addEventListener('htmx:afterSwap', () => {
    for (const id of unfolded) document.getElementById(id)?.setAttribute('open', '');
  });
})();
