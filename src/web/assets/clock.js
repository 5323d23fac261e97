// Lets the clock of a running step run, and its bar grow, between two updates of the page.
(() => {
  const WIDTH = 1000;
  const isStill = matchMedia('(prefers-reduced-motion: reduce)');
  // When the page received each clock, in milliseconds of this browser. The clocks of server and browser may differ.
  const received = new WeakMap();

  function elapsed(element, atFirst) {
    if (!received.has(element)) received.set(element, performance.now());
    return Number(atFirst) + performance.now() - received.get(element);
  }

  function tick() {
    for (const clock of document.querySelectorAll('[data-clock]')) {
      const text = `${Math.floor(elapsed(clock, clock.dataset.clock) / 1000)} s`;
      if (clock.textContent !== text) clock.textContent = text;
    }
    for (const bar of document.querySelectorAll('[data-grows]')) {
      const width = (WIDTH * elapsed(bar, bar.dataset.grows)) / Number(bar.dataset.span);
      bar.setAttribute(
        'width',
        Math.min(WIDTH - Number(bar.getAttribute('x')), Math.max(3, width)).toFixed(1),
      );
    }
    setTimeout(tick, isStill.matches ? 1000 : 250);
  }
  tick();
})();
