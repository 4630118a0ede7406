import { css } from 'lit'

export const playerStyles = css`
  :host {
    display: grid; grid-template: auto minmax(0, 1fr) auto auto / minmax(0, 1fr); position: relative;
    height: var(--sl-player-height, clamp(460px, calc(100dvh - 168px), 1400px));
    background: var(--surface); border: 1px solid var(--line); border-radius: var(--sl-radius-lg, 11px); overflow: hidden;
    box-shadow: var(--sl-shadow, 0 1px 2px rgb(23 27 38 / 6%));
  }
  :host(:fullscreen) { height: 100vh; border: 0; border-radius: 0; }
  .quiet { color: var(--ink-3); }
  .header { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; padding: 8px 12px; border-bottom: 1px solid var(--line); min-width: 0; }
  .page { display: flex; align-items: center; gap: 8px; flex: 1; min-width: 0; height: 28px; padding: 0 10px; background: var(--sunken); border-radius: 7px; color: var(--ink-3); }
  .page .icon { width: 15px; height: 15px; }
  .address { color: var(--ink-2); font-size: 12.5px; }
  .size { font-size: 12px; white-space: nowrap; }
  .live { display: inline-flex; align-items: center; gap: 6px; height: 24px; padding: 0 9px; border-radius: 12px; font-weight: 650; font-size: 11px; letter-spacing: 0.04em; color: var(--live); background: var(--live-soft); white-space: nowrap; }
  .live i, .go-live i { width: 7px; height: 7px; border-radius: 50%; background: currentColor; }
  .live:not(.behind) i { animation: beat 1.8s ease-in-out infinite; }
  .live .via { font-weight: 500; letter-spacing: 0; }
  @keyframes beat { 50% { opacity: 0.35; } }
  .tabs { display: flex; gap: 4px; flex-basis: 100%; min-width: 0; overflow-x: auto; scrollbar-width: none; }
  .tab { height: 26px; padding: 0 10px; border-radius: 6px; max-width: 200px; flex: none; color: var(--ink-2); border: 1px solid transparent; }
  .tab:hover { background: var(--hover); }
  .tab.front { border-color: var(--line-strong); }
  .tab[aria-pressed='true'] { background: var(--accent-soft); color: var(--accent-ink); font-weight: 550; }

  .body { min-height: 0; --divider-width: 1px; --divider-hit-area: 12px; --min: 280px; --max: calc(100% - 280px); }
  .body::part(divider) { background: var(--line); }
  .body::part(divider):focus-visible { background: var(--accent); box-shadow: 0 0 0 1px var(--accent); }
  .body { grid-template-rows: minmax(0, 1fr); }
  .body[orientation='vertical'] { grid-template-columns: minmax(0, 1fr); }
  .body.alone { --min: 100%; --max: 100%; }
  .body.alone .side { display: none; }
  .theatre, .side { position: relative; width: 100%; height: 100%; overflow: hidden; contain: strict; }
  .theatre { background: var(--sunken); }
  .theatre iframe { position: absolute; inset: 14px; width: calc(100% - 28px); height: calc(100% - 28px); border: 0; color-scheme: light; filter: drop-shadow(0 0 0.5px rgb(0 0 0 / 35%)) drop-shadow(0 3px 12px rgb(0 0 0 / 12%)); }
  .cover { position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 8px; padding: 24px; text-align: center; color: var(--ink-2); background: var(--sunken); text-wrap: balance; }
  .cover p { margin: 0; max-width: 44ch; }
  .cover .big { font-size: 15px; font-weight: 600; color: var(--ink); }
  .cover .solid { margin-top: 8px; }
  .buffering { position: absolute; right: 24px; top: 24px; padding: 7px; border-radius: 50%; background: var(--surface); box-shadow: 0 1px 6px rgb(0 0 0 / 20%); }
  .spinner { display: block; width: 18px; height: 18px; border-radius: 50%; border: 2px solid var(--line-strong); border-top-color: var(--accent); animation: turn 0.8s linear infinite; }
  @keyframes turn { to { rotate: 360deg; } }
  .gap-note { bottom: 20px; }
  .trouble { top: 20px; width: max-content; text-wrap: balance; }
  .trouble:empty { display: none; }
  .gap-note, .trouble { position: absolute; left: 50%; translate: -50% 0; max-width: calc(100% - 40px); padding: 6px 12px; border-radius: 7px; background: var(--warn-soft); color: var(--warn); font-weight: 550; }

  wa-tab-group { position: absolute; inset: 0; --track-width: 1px; --track-color: var(--line); --indicator-color: var(--accent); }
  wa-tab-group::part(tab-group) { height: 100%; }
  wa-tab-group::part(nav) { padding: 0 6px; overflow-x: auto; scrollbar-width: none; }
  wa-tab-group::part(body) { position: relative; flex: 1; min-height: 0; overflow: hidden; }
  wa-tab::part(tab) { padding: 9px 10px 8px; font-size: 13px; font-weight: 550; color: var(--ink-3); }
  wa-tab[active]::part(tab) { color: var(--ink); }
  wa-tab:focus-visible { box-shadow: none; }
  wa-tab:focus-visible::part(tab) { outline: 2px solid var(--accent); outline-offset: -3px; border-radius: 6px; }
  wa-tab-panel { position: absolute; inset: 0; --padding: 0; }
  wa-tab-panel::part(tab-panel) { height: 100%; padding: 0; }
  sl-events, sl-console, sl-network { position: absolute; inset: 0; }
  .count { margin-left: 6px; padding: 0 6px; border-radius: 8px; font-size: 11px; background: var(--danger-soft); color: var(--danger); }

  sl-timeline { padding: 0 16px; border-top: 1px solid var(--line); }
  .controls { display: flex; align-items: center; gap: 10px; padding: 0 10px 8px; min-width: 0; }
  .group { display: flex; align-items: center; gap: 2px; flex: none; }
  .tool { display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-width: 34px; height: 34px; border-radius: 8px; color: var(--ink-2); }
  .tool:hover { background: var(--hover); color: var(--ink); }
  .tool.main { width: 38px; height: 38px; margin: 0 4px; border-radius: 50%; background: var(--accent); color: var(--sl-on-accent, #fff); }
  .tool.main:hover { background: var(--sl-accent-hover, #3442bb); }
  .tool.main:focus-visible { border-radius: 50%; }
  .tool.worded { padding: 0 9px; }
  .tool[aria-pressed='true']:not(.main) { color: var(--accent-ink); }
  .tool.worded[aria-pressed='true'] { background: var(--accent-soft); }
  .clock { white-space: nowrap; font-size: 13.5px; }
  .space { flex: 1; }
  .small { appearance: none; height: 30px; padding: 0 18px 0 8px; border: 0; border-radius: 7px; color: var(--ink-2); cursor: pointer; font-variant-numeric: tabular-nums;
    background: linear-gradient(45deg, transparent 50%, var(--ink-3) 50%) calc(100% - 11px) 55% / 4px 4px no-repeat, linear-gradient(135deg, var(--ink-3) 50%, transparent 50%) calc(100% - 7px) 55% / 4px 4px no-repeat; }
  .small:hover:not(:disabled) { background-color: var(--hover); color: var(--ink); }
  .small:disabled { cursor: default; opacity: 0.55; }
  .small option { background: var(--surface); color: var(--ink); }
  .go-live { display: inline-flex; align-items: center; gap: 6px; height: 28px; padding: 0 10px; border-radius: 14px; border: 1px solid var(--line-strong); font-weight: 600; font-size: 12px; color: var(--ink-2); }
  .go-live:disabled { opacity: 1; color: var(--live); border-color: transparent; background: var(--live-soft); }
  .go-live:not(:disabled):hover { border-color: var(--live); color: var(--live); }
  .solid { height: 32px; padding: 0 14px; border-radius: 7px; background: var(--accent); color: var(--sl-on-accent, #fff); font-weight: 550; }

  dialog { border: 1px solid var(--line); border-radius: 12px; padding: 18px 20px; background: var(--surface); color: var(--ink); width: min(400px, 92vw); box-shadow: var(--sl-shadow-lg, 0 12px 32px rgb(0 0 0 / 20%)); }
  dialog::backdrop { background: rgb(10 12 20 / 45%); }
  dialog h2 { margin: 0 0 10px; font-size: 15px; }
  dialog dl { margin: 0 0 14px; }
  dialog dl div { display: flex; justify-content: space-between; gap: 12px; padding: 5px 0; border-bottom: 1px solid var(--line); }
  dialog dd { margin: 0; display: flex; gap: 4px; }
  dialog form { text-align: right; }
  kbd { font: 600 11px/1.6 var(--sl-font, system-ui, sans-serif); padding: 0 7px; border: 1px solid var(--line-strong); border-bottom-width: 2px; border-radius: 5px; background: var(--sunken); }

  @media (max-width: 56rem) {
    :host { height: var(--sl-player-height, clamp(560px, 150vw, 900px)); border-radius: 0; border-inline: 0; }
    .theatre iframe { inset: 8px; width: calc(100% - 16px); height: calc(100% - 16px); }
    .body { --min: 150px; --max: calc(100% - 150px); }
    .tool.worded span, .idle, .scale, .tool.help { display: none; }
    .tool.worded { padding: 0; }
    .controls { flex-wrap: wrap; gap: 4px; padding-inline: 6px; }
    :host([data-live='true']) :is(.of, .size), :host([data-following='true']) .speed { display: none; }
    .tool { min-width: 32px; }
    .page { flex-basis: 12rem; }
    sl-timeline { padding-inline: 12px; }
  }
  @media (prefers-reduced-motion: reduce) { .live i, .spinner { animation-duration: 6s; } .live:not(.behind) i { animation: none; } }
`
