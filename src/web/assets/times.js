// Shows times in the zone and language of the browser, or in UTC if the visitor chose so. The page loads this script
// before its body: each time has its text before it is painted, so that nothing moves.
(() => {
  const KEY = 'times';
  const UNITS = [
    [86400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ];
  // Relative times are a part of English sentences.
  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
  const here = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  const withZone = new Intl.DateTimeFormat(undefined, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  const { locale, timeZone } = here.resolvedOptions();
  // In winter and in summer.
  const isAlwaysUtc = [0, 6].every((month) => new Date(2026, month).getTimezoneOffset() === 0);

  let isUtc = isUtcChosen(choice());

  // Where local time is UTC, there is nothing to choose. A choice may be of a time when the browser was elsewhere.
  function isUtcChosen(value) {
    return value === 'utc' && !isAlwaysUtc;
  }

  function choice() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // The browser keeps no data of this site.
    }
  }

  const utc = (at) => `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;

  function ago(at) {
    const seconds = (Date.parse(at) - Date.now()) / 1000;
    const [size, unit] = UNITS.find(([least]) => Math.abs(seconds) >= least) ?? [];
    return unit
      ? relative.format(Math.trunc(seconds / size), unit)
      : seconds > 0
        ? 'in a moment'
        : 'just now';
  }

  function show(time) {
    if ('zone' in time.dataset) return showThere(time);
    const at = time.dateTime;
    const date = new Date(at);
    const isRelative = 'relative' in time.dataset;
    const local = 'zoned' in time.dataset ? withZone : here;
    const text = isRelative ? ago(at) : isUtc ? utc(at) : local.format(date);
    if (time.textContent !== text) time.textContent = text;
    time.lang = isRelative || isUtc ? 'en' : locale;
    time.title = isUtc ? utc(at) : `${here.format(date)} · ${utc(at)}`;
    // For paper, and for a relative time with the focus.
    time.dataset.exact = isUtc ? utc(at) : withZone.format(date);
  }

  // The same time in another zone is left out if that is the zone of the reader.
  function showThere(time) {
    time.hidden = time.dataset.zone === (isUtc || isAlwaysUtc ? 'UTC' : timeZone);
  }

  function showAll(within) {
    for (const time of within.querySelectorAll('time')) show(time);
  }

  function showSwitch() {
    const box = document.getElementById('clock');
    if (!box) return;
    document.getElementById('no-choice').hidden = !isAlwaysUtc;
    box.hidden = isAlwaysUtc;
    for (const button of box.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', String((button.value === 'utc') === isUtc));
      if (button.value === 'local') button.textContent = `Local time (${timeZone})`;
    }
  }

  // The parser and htmx both add elements. The parser may add the text of a time after the time itself.
  new MutationObserver((records) => {
    const seen = new Set();
    for (const { target, addedNodes } of records) {
      const time = target.closest('time');
      if (time) seen.add(time);
      for (const node of addedNodes) {
        if (node.nodeName === 'TIME') seen.add(node);
        else for (const inner of node.querySelectorAll?.('time') ?? []) seen.add(inner);
        if (node.id === 'clock' || node.closest?.('#clock') || node.querySelector?.('#clock')) showSwitch();
      }
    }
    for (const time of seen) if (time.isConnected) show(time);
  }).observe(document.documentElement, { childList: true, subtree: true });

  setInterval(() => {
    for (const time of document.querySelectorAll('time[data-relative]')) show(time);
  }, 15_000);

  function choose(value) {
    isUtc = isUtcChosen(value);
    showAll(document);
    showSwitch();
  }

  document.addEventListener('click', ({ target }) => {
    const button = target.closest?.('#clock button');
    if (!button) return;
    choose(button.value);
    try {
      localStorage.setItem(KEY, button.value);
    } catch {
      // The choice lasts until the page is left.
    }
  });
  addEventListener('storage', ({ key, newValue }) => key === KEY && choose(newValue));
})();
