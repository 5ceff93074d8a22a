/**
 * The style of every page. It follows the theme of the system and the width of the window, down to 320 pixels. Text and controls
 * have the contrast that WCAG 2.2 AA asks for, in both themes.
 */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f6f7f9, #14161b);
  --surface: light-dark(#ffffff, #1d2027);
  --ink: light-dark(#1b1f27, #e9ebf0);
  --quiet: light-dark(#575e6b, #a6adba);
  --line: light-dark(#dde0e6, #343944);
  --edge: light-dark(#868d9a, #79818f);
  --accent: light-dark(#0a58ca, #8ab8ff);
  --on-accent: light-dark(#ffffff, #0c1a30);
  --good: light-dark(#0f6b3a, #7fd6a4);
  --bad: light-dark(#b3261e, #ffb3ac);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: break-word; }
header, main { max-width: 56rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1.25rem; padding-top: 1rem; padding-bottom: 1rem; }
header strong { font-size: 1.05rem; margin-right: auto; }
header small { color: var(--quiet); font-weight: 400; font-size: .85rem; margin-left: .5rem; }
nav { display: flex; flex-wrap: wrap; gap: 0 1.1rem; }
nav a { padding: .25rem 0; }
nav a[aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
main { padding-top: 1.25rem; padding-bottom: 4rem; }
h1 { font-size: clamp(1.55rem, 5vw, 2rem); line-height: 1.25; letter-spacing: -.015em; margin: 0 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.1rem; line-height: 1.35; margin: 0 0 .5rem; }
p { margin: 0 0 1rem; max-width: 44rem; }
main > p:first-of-type { color: var(--quiet); margin-bottom: 1.75rem; }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre, kbd { font: .9em/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { background: color-mix(in srgb, var(--ink) 8%, transparent); padding: .1em .35em; border-radius: 4px; }
pre { background: var(--ground); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; margin: 0 0 1rem; overflow-x: auto; }
pre code { background: none; padding: 0; font-size: 1em; }
ul { padding-left: 1.2rem; }
li { margin: .2rem 0; }
dl { margin: 0; }
dt { font-weight: 600; margin-top: .7rem; }
dt:first-child { margin-top: 0; }
dd { margin: 0; color: var(--quiet); }
section, article, .note { background: var(--surface); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem; margin: 0 0 1.25rem; }
section > :last-child, article > :last-child { margin-bottom: 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 1.25rem; margin-bottom: 1.25rem; }
.columns section { margin: 0; }
article header { padding: 0; margin: 0 0 .8rem; display: block; }
article header p { margin: 0; color: var(--quiet); font-size: .9rem; }
.text { white-space: pre-wrap; margin: 0; max-width: none; }
.aside { color: var(--quiet); font-size: .9rem; margin: .8rem 0 0; }
form { max-width: 27rem; }
form.row { display: flex; flex-wrap: wrap; align-items: end; gap: .6rem 1rem; max-width: none; margin: 0 0 1.5rem; }
form.row label { flex: 1 1 13rem; margin: 0; }
label { display: block; font-weight: 600; margin: 0 0 1rem; }
label small { display: block; font-weight: 400; color: var(--quiet); font-size: .88rem; line-height: 1.45; }
input { display: block; width: 100%; margin-top: .3rem; padding: .55rem .7rem; font: inherit; font-weight: 400; color: inherit; background: var(--surface); border: 1px solid var(--edge); border-radius: 8px; }
input[aria-invalid=true] { border: 2px solid var(--bad); }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.2rem; color: var(--on-accent); background: var(--accent); border: 0; border-radius: 8px; cursor: pointer; }
button:hover { filter: brightness(1.1); }
button[disabled] { opacity: .6; cursor: default; }
.outcome:empty { display: none; }
.outcome { margin-top: 1.1rem; padding: .7rem 1rem; border-left: 4px solid var(--good); background: color-mix(in srgb, var(--good) 9%, transparent); border-radius: 0 8px 8px 0; }
.fields[hidden] + .outcome { margin-top: 0; }
.outcome.failed { border-color: var(--bad); background: color-mix(in srgb, var(--bad) 9%, transparent); }
.outcome p { margin: 0 0 .4rem; }
.outcome p:last-child { margin: 0; }
.outcome ul { margin: 0 0 .4rem; }
.narrow { max-width: 32rem; }
p.note { max-width: none; }
@media (max-width: 30rem) { header, main { padding-left: 1rem; padding-right: 1rem; } section, article, .note { padding: 1rem; } }
`;
