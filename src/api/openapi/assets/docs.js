// Gives Swagger UI our name, a link back to the pages, and the light or dark colours of the visitor.
(() => {
  const header = document.createElement('header');
  header.className = 'masthead';
  const back = document.createElement('a');
  back.href = '/';
  back.textContent = 'Provider Sync: back to the pages';
  header.append(back);
  document.body.prepend(header);
  document.documentElement.style.colorScheme = 'light dark';

  const dark = matchMedia('(prefers-color-scheme: dark)');
  const paint = () => document.documentElement.classList.toggle('dark-mode', dark.matches);
  dark.addEventListener('change', paint);
  paint();
})();
