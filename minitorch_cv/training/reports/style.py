"""How the pages look: one style sheet, inside each page. For a screen of any width, and for paper."""

STYLE = """
:root { --ink: #1b2733; --soft: #52606d; --line: #d5dbe1; --wash: #f4f6f8; --accent: #0072b2; --warn: #b34700; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; color: var(--ink); background: #fff; font: 16px/1.55 system-ui, "Segoe UI", Roboto, Helvetica,
  Arial, "Liberation Sans", sans-serif; overflow-wrap: break-word; }
body > * { max-width: 1160px; margin-inline: auto; padding-inline: 24px; }
header { padding-top: 36px; }
h1 { margin: 0 0 4px; font-size: 30px; line-height: 1.2; }
h2 { margin: 0 0 12px; padding-top: 28px; border-top: 1px solid var(--line); font-size: 21px; line-height: 1.3; }
h3 { margin: 24px 0 8px; font-size: 16px; }
p { margin: 0 0 12px; max-width: 75ch; }
header p, caption, .note, dt, footer { color: var(--soft); }
header p { margin: 0; }
header .warning p { margin: 0 0 8px; color: var(--ink); }
a { color: var(--accent); }
nav { padding-top: 16px; }
nav ul { margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; font-size: 15px; }
section { padding-top: 32px; }
.tiles { margin: 24px 0 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; }
.tiles > div { padding: 12px 16px; background: var(--wash); border-radius: 8px; }
.tiles > div:first-child { color: #fff; background: var(--accent); }
.tiles > div:first-child :is(dt, .under) { color: #fff; }
dt { font-size: 14px; }
dd { margin: 0; font-size: 24px; font-weight: 650; line-height: 1.3; overflow-wrap: anywhere; }
dd .under { display: block; color: var(--soft); font-size: 13px; font-weight: 400; }
.warning { margin: 24px 0 0; padding: 10px 16px; max-width: none; background: #fff4e8;
  border-left: 4px solid var(--warn); border-radius: 0 6px 6px 0; }
header .warning p:last-child { margin-bottom: 0; }
.scroll { overflow-x: auto; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { margin: 0 0 16px; border-collapse: collapse; font-size: 15px; line-height: 1.4;
  font-variant-numeric: tabular-nums; }
caption { padding: 0 0 6px; font-size: 14px; text-align: left; }
th, td { padding: 5px 18px 5px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th:last-child, td:last-child { padding-right: 8px; }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; }
tbody th { min-width: 7em; font-weight: 500; }
td { max-width: 60ch; }
.number { text-align: right; }
td.number { white-space: nowrap; }
.better { color: #00664d; } .worse { color: var(--warn); }
.best { margin-left: 8px; padding: 1px 8px; color: #fff; background: var(--accent); border-radius: 9px;
  font-size: 12px; }
pre { margin: 0 0 16px; padding: 12px 16px; overflow-x: auto; background: var(--wash); border: 1px solid var(--line);
  border-radius: 6px; font: 13px/1.45 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; }
.command pre { white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; -webkit-user-select: all; }
figure { margin: 0 0 20px; }
figure img { display: block; max-width: 100%; height: auto; }
details { margin: 0 0 16px; }
summary { padding: 4px 0; color: var(--accent); cursor: pointer; }
footer { margin-top: 40px; padding-block: 16px 40px; font-size: 14px; }
@media screen and (max-width: 700px) {
  body > * { padding-inline: 16px; }
  h1 { font-size: 25px; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles > div:first-child { grid-column: 1 / -1; }
  figure .scroll img { max-width: none; width: min(var(--drawn), 640px); }
  dd { font-size: 19px; }
  .tiles > div { padding-inline: 12px; }
  th, td { padding-right: 14px; }
}
@media print {
  @page { margin: 15mm; }
  body { font-size: 10pt; }
  body > * { max-width: none; padding-inline: 0; }
  nav { display: none; }
  figure, tr, .tiles > div { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  figure img { max-height: 235mm; width: auto; }
  .scroll, pre { overflow: visible; }
  pre { font-size: 7.5pt; white-space: pre-wrap; }
  table { font-size: 9pt; }
  .tiles > div, .warning, pre { border: 1px solid var(--line); }
  .tiles > div:first-child, .tiles > div:first-child :is(dt, .under) { color: var(--ink); background: none; }
  a { color: inherit; text-decoration: none; }
}
"""
