// Buttons that copy a text, or the address of a place on the page. They need scripts, so they are hidden without.
(() => {
  const BUTTONS = 'button[data-copies], button[data-copies-link]';

  const showButtons = () => {
    for (const button of document.querySelectorAll(BUTTONS)) button.hidden = false;
  };
  showButtons();
  document.addEventListener('htmx:afterSwap', showButtons);

  function select(element) {
    if ('select' in element) element.select();
    else getSelection().selectAllChildren(element);
  }

  // Browsers have a clipboard over HTTPS and on this machine only.
  async function write(text) {
    const isWritten = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    return isWritten || document.execCommand('copy');
  }

  async function copy({ copies, copiesLink }) {
    if (copiesLink) {
      const address = new URL(copiesLink, location.href).href;
      return (await write(address)) ? 'Copied.' : `Not copied. The address is ${address}`;
    }
    const element = document.getElementById(copies);
    select(element);
    const isCopied = await write(element.value ?? element.textContent);
    return isCopied ? 'Copied.' : 'Not copied. The text is selected: copy it with your keyboard.';
  }

  // For screen readers. It is outside of the parts that are replaced.
  const announced = document.createElement('div');
  announced.className = 'visually-hidden';
  announced.setAttribute('role', 'status');
  if (document.querySelector('button.copy')) document.body.append(announced);

  // The button itself says what it did, if no other element does, until it loses the focus or another one is used.
  let restore = () => {};
  function say(button, said) {
    restore();
    const place = document.getElementById(button.dataset.says);
    if (place) {
      place.textContent = said;
      return;
    }
    const text = button.textContent;
    button.textContent = said.split('.', 1)[0];
    announced.textContent = said;
    restore = () => {
      button.textContent = text;
      announced.textContent = '';
      restore = () => {};
    };
    button.addEventListener('blur', () => restore(), { once: true });
  }

  document.addEventListener('click', async ({ target }) => {
    const button = target.closest?.(BUTTONS);
    if (button) say(button, await copy(button.dataset));
  });
})();
