/** The style of the simulator's page, light and dark. */
export const STYLE = `:root {
  color-scheme: light dark;
  --ink: #1c2430;
  --soft: #556172;
  --paper: #f6f7f9;
  --card: #ffffff;
  --line: #dde2e8;
  --fine: #1b6b3f;
  --fault: #a12d17;
  --focus: #1f5fbf;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6eaf0;
    --soft: #a3afbf;
    --paper: #12161c;
    --card: #1a2029;
    --line: #2f3844;
    --fine: #7fd3a2;
    --fault: #ff9d85;
    --focus: #8ab8ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0;
  color: var(--ink);
  background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif;
}
main { max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { margin: 0; font-size: 1.6rem; letter-spacing: -0.01em; }
h2 { margin: 0 0 0.6rem; font-size: 1.05rem; }
h3 { margin: 1rem 0 0.3rem; font-size: 0.9375rem; }
header p { max-width: 46rem; margin: 0.4rem 0 1.25rem; color: var(--soft); }
section {
  margin-top: 1rem;
  padding: 1rem;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 0.5rem;
}
code, pre { font: 0.875rem/1.5 ui-monospace, monospace; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: 0.9375rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.35rem 0.9rem 0.35rem 0; text-align: left; white-space: nowrap; }
thead th { color: var(--soft); font-size: 0.8125rem; font-weight: 600; }
tbody tr { border-top: 1px solid var(--line); }
tbody th { font-weight: inherit; }
td code { display: inline-block; max-width: 24rem; overflow: hidden; text-overflow: ellipsis; vertical-align: bottom; }
@media (max-width: 40rem) {
  th, td { padding-right: 0.7rem; }
  td code { max-width: 7.5rem; }
  .wrap { min-width: 6.5rem; white-space: normal; }
}
.text { min-width: 11rem; white-space: normal; }
.number { text-align: right; }
.scroll { overflow-x: auto; }
.note { margin: 0.6rem 0 0; color: var(--soft); font-size: 0.9375rem; }
.fine { color: var(--fine); }
.fault { color: var(--fault); font-weight: 600; }
dl { margin: 0; }
.scroll + dl { margin-top: 0.9rem; }
dt { margin-top: 0.7rem; color: var(--soft); font-size: 0.9375rem; }
dt:first-child { margin-top: 0; }
dd { margin: 0.15rem 0 0; }
dd pre { padding: 0.45rem 0.7rem; background: var(--paper); border-radius: 0.35rem; }
.faults { margin-top: 0.7rem; }
.faults dt { color: inherit; }
@media (min-width: 40rem) {
  .faults { display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1.25rem; }
  .faults dt, .faults dd { margin: 0; }
}
summary { cursor: pointer; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
`;
