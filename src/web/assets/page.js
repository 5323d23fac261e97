// What moves beyond htmx.
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

  // Relative times grow older while a page is open.
  setInterval(() => {
    for (const element of document.querySelectorAll('time[data-relative]')) {
      const text = ago(element.dateTime);
      if (element.textContent !== text) element.textContent = text;
    }
  }, 15_000);

  // A filter that is not used does not stand in the address.
  document.addEventListener('htmx:configRequest', ({ detail }) => {
    for (const [name, value] of [...detail.formData]) if (value === '') detail.formData.delete(name);
  });

  // What was read out already is not read out again.
  document.addEventListener('htmx:oobBeforeSwap', ({ detail }) => {
    if (detail.fragment.textContent === detail.target.textContent) detail.shouldSwap = false;
  });

  // What was unfolded stays so when its surroundings are replaced.
  let unfolded = [];
  document.addEventListener('htmx:beforeSwap', ({ detail }) => {
    unfolded = [...detail.target.querySelectorAll('details[open]')].map(({ id }) => id);
  });
  document.addEventListener('htmx:afterSwap', () => {
    for (const id of unfolded) document.getElementById(id)?.setAttribute('open', '');
  });
})();
