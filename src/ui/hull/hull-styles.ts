import { css } from "lit";

export const hullStyles = css`
  :host {
    background: var(--raised);
    display: flex;
    flex-direction: column;
    gap: 14px;
    overflow: auto;
    padding: 14px;
  }
  h3 {
    font-size: 13px;
    font-weight: 650;
    margin: 0;
  }
  ol,
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .narration {
    background: var(--surface);
    border: 1px solid var(--border);
    border-left: 4px solid var(--accent);
    border-radius: var(--radius);
    margin: 0;
    min-height: 3.9em;
    padding: 8px 12px;
  }
  .vessels {
    display: grid;
    gap: 44px;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr));
    padding: 20px;
  }
  .vessel {
    background: var(--surface);
    border-radius: var(--radius);
    box-shadow: var(--rings);
    display: grid;
    gap: 10px;
    min-width: 0;
    padding: 12px;
  }
  .construction {
    --rings: none;
    border: 2px dashed var(--ballast);
  }
  .vessel header {
    display: grid;
    gap: 2px;
    min-width: 0;
  }
  .vessel code {
    overflow-wrap: anywhere;
  }
  .walls {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .wall {
    border: 1px solid var(--accent);
    border-radius: 9px;
    font: 11.5px / 16px var(--mono);
    padding: 0 7px;
  }
  .wall.own {
    background: var(--accent);
    color: var(--on-accent);
  }
  .wall.guest {
    border-color: var(--border-strong);
    border-style: dashed;
    color: var(--ink-2);
  }
  .wall.joined {
    border-style: double;
    border-width: 3px;
    line-height: 12px;
  }
  .links {
    border-bottom: 3px solid var(--border-strong);
    display: flex;
    flex-wrap: wrap;
    font-size: 12.5px;
    gap: 2px 14px;
    padding-bottom: 4px;
  }
  .stack {
    display: grid;
    gap: 3px;
  }
  .slab {
    align-items: center;
    display: grid;
    font-size: 12.5px;
    gap: 8px;
    grid-template-columns: minmax(0, 1fr) auto;
    min-height: 24px;
    position: relative;
  }
  .bar {
    background: oklch(from var(--bar) l c var(--hue));
    border-radius: 3px;
    display: block;
    height: 8px;
    max-width: 100%;
    min-width: 6px;
    overflow: hidden;
    width: var(--share);
  }
  .bar .unseen {
    background: repeating-linear-gradient(
      45deg,
      var(--ballast-gap) 0 4px,
      var(--ballast) 4px 8px
    );
    display: block;
    height: 100%;
    margin-left: auto;
    width: var(--unseen);
  }
  .slab .what {
    display: grid;
    gap: 3px;
    min-width: 0;
  }
  .slab .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .upper .bar {
    background: transparent;
    border: 1px dashed var(--accent);
    width: 100%;
  }
  .upper .bar i {
    background: var(--accent);
    display: block;
    height: 100%;
    width: var(--share);
  }
  .gauges {
    display: grid;
    gap: 8px;
    grid-template-columns: repeat(3, minmax(0, 1fr));
  }
  .gauge {
    display: grid;
    font-size: 12px;
    gap: 3px;
  }
  .gauge .track {
    background: var(--track);
    border-radius: 3px;
    height: 10px;
    overflow: hidden;
  }
  .gauge .track i {
    background: var(--bar);
    display: block;
    height: 100%;
    width: var(--share);
  }
  .gauge.limited .track {
    border-right: 3px solid var(--danger);
  }
  .same {
    color: var(--ink-2);
    font-size: 12px;
  }
  .shelf .slab button {
    color: var(--ink-2);
    font-size: 12px;
    grid-column: 1 / -1;
    justify-self: start;
    min-height: 0;
    overflow-wrap: anywhere;
    padding: 0 0 6px;
    text-align: left;
  }
  .shelf .slab button:hover {
    text-decoration: underline;
  }
  .trail {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    min-height: 22px;
  }
  .trail li {
    border: 1px solid var(--border);
    border-radius: 9px;
    font: 11.5px / 18px var(--mono);
    padding: 0 7px;
  }
  .trail li:last-child {
    border-color: var(--accent);
  }
  .ballast {
    color: var(--warn);
  }
  .lit {
    outline: 2px solid var(--ballast);
    outline-offset: 2px;
  }
  @media (prefers-reduced-motion: no-preference) {
    .bar,
    .bar i,
    .gauge i {
      transition: width 0.3s ease-out;
    }
    .lit {
      animation: glow 3s ease-out;
      outline: none;
    }
  }
  @keyframes glow {
    from {
      background: var(--ballast-gap);
      outline: 2px solid var(--ballast);
      outline-offset: 2px;
    }
  }
`;
