/** One sheet for all pages; colours follow what the operator's machine is set to. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f5f7, #14171c);
  --sheet: light-dark(#ffffff, #1c2027);
  --line: light-dark(#d9dde3, #353b45);
  --text: light-dark(#1a1f27, #e7eaee);
  --quiet: light-dark(#58616e, #a2abb8);
  --link: light-dark(#0b57b0, #82b6ff);
  --bad: light-dark(#b3161f, #ff8f8a);
  --bad-ground: light-dark(#fdecec, #43191c);
  --watch: light-dark(#7a4a00, #f3be5c);
  --watch-ground: light-dark(#fff4dd, #3a2b0d);
  --good: light-dark(#14692f, #71cf8b);
}
* { box-sizing: border-box; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums;
}
a { color: var(--link); }
h1 { font-size: 20px; margin: 0 0 12px; overflow-wrap: anywhere; }
h2 { font-size: 15px; margin: 0 0 10px; }
p { margin: 0 0 10px; }
code { font: 12.5px/1.4 ui-monospace, SFMono-Regular, Menlo, monospace; overflow-wrap: anywhere; }
header { background: var(--sheet); border-bottom: 1px solid var(--line); }
header > div { display: flex; flex-wrap: wrap; gap: 4px 18px; align-items: center; padding: 10px 20px; max-width: 1400px; margin: 0 auto; }
header strong { margin-right: 8px; }
header nav { display: flex; flex-wrap: wrap; gap: 4px 14px; flex: 1; }
header nav a { padding: 4px 0; text-decoration: none; border-bottom: 2px solid transparent; }
header nav a[aria-current] { color: var(--text); border-color: currentColor; font-weight: 600; }
header form { display: flex; gap: 10px; align-items: center; color: var(--quiet); }
main { max-width: 1400px; margin: 0 auto; padding: 18px 20px 60px; }
.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: 16px; margin: 0 0 16px; }
.narrow { max-width: 26rem; margin: 12vh auto 0; }
.figures { display: flex; flex-wrap: wrap; gap: 10px; margin: 0 0 16px; padding: 0; list-style: none; }
.figures li { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: 8px 14px; min-width: 7.5rem; }
.figures b { display: block; font-size: 20px; line-height: 1.25; }
.figures span { color: var(--quiet); font-size: 12.5px; }
.tools { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; margin: 0 0 12px; }
.tools form { display: flex; gap: 8px; flex: 1 1 18rem; max-width: 30rem; }
.tools input { flex: 1; min-width: 0; }
.tabs { display: flex; flex-wrap: wrap; gap: 4px 14px; }
.tabs a[aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; color: var(--quiet); font-size: 12.5px; white-space: nowrap; }
th, td { padding: 7px 14px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child > td { border-bottom: 0; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.time { white-space: nowrap; }
td.reason { overflow-wrap: anywhere; min-width: 14rem; }
.quiet { color: var(--quiet); font-size: 12.5px; }
.name { font-weight: 600; overflow-wrap: anywhere; }
.bad { color: var(--bad); }
.watch { color: var(--watch); }
.good { color: var(--good); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.mark { display: inline-block; border-radius: 4px; padding: 1px 7px; font-size: 12.5px; font-weight: 600; white-space: nowrap; }
.mark.bad { background: var(--bad-ground); }
.mark.watch { background: var(--watch-ground); }
ul.problems { margin: 0; padding: 0; list-style: none; display: grid; gap: 4px; }
.notice { border-radius: 8px; padding: 10px 14px; margin: 0 0 16px; }
.notice.bad { background: var(--bad-ground); }
.notice.good { background: var(--sheet); border: 1px solid var(--good); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: 10px 20px; margin: 0; }
dt { color: var(--quiet); font-size: 12.5px; }
dd { margin: 0; overflow-wrap: anywhere; }
label { display: block; margin: 0 0 12px; font-weight: 600; }
label input { display: block; width: 100%; margin-top: 4px; font-weight: 400; }
input, button { font: inherit; color: inherit; border: 1px solid light-dark(#8a93a0, #67707d); border-radius: 6px; padding: 6px 10px; background: var(--sheet); }
button { cursor: pointer; white-space: nowrap; }
button.main { background: light-dark(#0b57b0, #2f6fc4); border-color: transparent; color: #fff; font-weight: 600; }
button.danger { color: var(--bad); border-color: currentColor; }
button.small { padding: 2px 9px; font-size: 13px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.row { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; justify-content: space-between; }
.row > * { margin: 0; }
.row p { flex: 1 1 24rem; }
.row form { display: flex; flex-wrap: wrap; gap: 8px; align-items: end; }
.row + * { margin-top: 12px; }
.pages { display: flex; gap: 16px; margin-top: 12px; }
@media (max-width: 700px) {
  main { padding: 14px 12px 48px; }
  header > div { padding: 8px 12px; justify-content: space-between; }
  header nav { order: 1; flex: 1 0 100%; }
  .cards thead { display: none; }
  .cards, .cards tbody, .cards tr, .cards td { display: block; width: 100%; }
  .cards tr { border-bottom: 1px solid var(--line); padding: 10px 0; }
  .cards tr:last-child { border-bottom: 0; }
  .cards td { border: 0; padding: 2px 0; text-align: left !important; white-space: normal; min-width: 0; }
  .cards td[data-label] { display: inline-block; width: auto; margin-right: 14px; }
  .cards td[data-label]:empty { display: none; }
  .cards td[data-label] div { display: inline; margin-left: 5px; }
  .cards td[data-label]:not(:empty)::before { content: attr(data-label) ": "; color: var(--quiet); font-size: 12.5px; }
}
`;
