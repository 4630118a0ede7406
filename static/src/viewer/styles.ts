// What the player and its panels share. Colours come from the dashboard's tokens; the fallbacks are the light theme.

import { css } from 'lit'

export const base = css`
  :host {
    --ink: var(--sl-ink, #171b26);
    --ink-2: var(--sl-ink-2, #495264);
    --ink-3: var(--sl-ink-3, #606a7e);
    --surface: var(--sl-surface, #fff);
    --sunken: var(--sl-sunken, #eff1f5);
    --hover: var(--sl-hover, #f3f5f8);
    --line: var(--sl-line, #e3e6ec);
    --line-strong: var(--sl-line-strong, #cbd1db);
    --accent: var(--sl-accent, #4251d4);
    --accent-ink: var(--sl-accent-ink, #3643bd);
    --accent-soft: var(--sl-accent-soft, #eceefc);
    --live: var(--sl-live, #0e7a42);
    --live-soft: var(--sl-live-soft, #e3f5ea);
    --warn: var(--sl-warn, #96590a);
    --warn-soft: var(--sl-warn-soft, #fdf1dc);
    --danger: var(--sl-danger, #c2281d);
    --danger-soft: var(--sl-danger-soft, #fdeceb);
    --mono: var(--sl-mono, ui-monospace, Menlo, Consolas, monospace);
    --focus: var(--sl-focus, 0 0 0 2px #fff, 0 0 0 4px #4251d4);
    color: var(--ink);
    font: 400 13px/1.45 var(--sl-font, system-ui, sans-serif);
  }
  *, *::before, *::after { box-sizing: border-box; }
  button, select, input { font: inherit; color: inherit; }
  button { border: 0; background: none; cursor: pointer; padding: 0; }
  button:disabled { cursor: default; opacity: 0.45; }
  :focus { outline: none; }
  :focus-visible { outline: none; box-shadow: var(--focus); border-radius: 6px; }
  .clip { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
  .number { font-variant-numeric: tabular-nums; }
  .icon { display: block; flex: none; }
  [hidden] { display: none !important; }
  .visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`

export const panel = css`
  :host { display: flex; flex-direction: column; height: 100%; min-height: 0; }
  .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; padding: 7px 10px; border-bottom: 1px solid var(--line); flex: none; }
  .bar input { flex: 1 1 80px; min-width: 0; height: 28px; padding: 0 9px; border: 1px solid var(--line); border-radius: 6px; background: var(--surface); }
  .bar input::placeholder { color: var(--ink-3); }
  .chip { height: 26px; padding: 0 7px; border-radius: 6px; font-size: 12px; color: var(--ink-2); display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
  .chip:hover { background: var(--hover); }
  .chip[aria-pressed='true'] { background: var(--accent-soft); color: var(--accent-ink); font-weight: 550; }
  .rows { flex: 1; overflow-y: auto; min-height: 0; margin: 0; padding: 0; list-style: none; overscroll-behavior: contain; position: relative; scrollbar-width: thin; scrollbar-color: var(--line-strong) transparent; }
  .row { border-bottom: 1px solid var(--line); position: relative; }
  .row.future { opacity: 0.55; }
  .row.now::before { content: ''; position: absolute; left: 0; top: 0; bottom: -1px; width: 3px; background: var(--accent); }
  .row:hover { background: var(--hover); }
  .rows :focus-visible { box-shadow: inset 0 0 0 2px var(--accent); }
  .time { font-variant-numeric: tabular-nums; color: var(--ink-3); font-size: 11.5px; flex: none; border-radius: 4px; padding: 1px 4px; text-align: right; min-width: 46px; }
  .time:hover { color: var(--accent-ink); background: var(--accent-soft); }
  .empty { padding: 36px 20px; text-align: center; color: var(--ink-3); margin: 0; text-wrap: balance; }
  .note { padding: 6px 12px; color: var(--ink-3); font-size: 12px; }
`
