// What moves beyond htmx: relative times grow older while a page is open.
(() => {
  const units = [
    [86400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ];
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

  const ago = (time) => {
    const seconds = (Date.parse(time) - Date.now()) / 1000;
    const [size, unit] = units.find(([least]) => Math.abs(seconds) >= least) ?? [];
    return unit ? format.format(Math.trunc(seconds / size), unit) : seconds > 0 ? 'in a moment' : 'just now';
  };

  setInterval(() => {
    for (const element of document.querySelectorAll('time[data-relative]')) {
      const text = ago(element.dateTime);
      if (element.textContent !== text) element.textContent = text;
    }
  }, 15_000);
})();
