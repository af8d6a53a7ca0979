import { css } from "lit";

/** Styles that every component with a shadow root begins with. */
export const controls = css`
  :host {
    color: var(--ink);
    font: 14px / 1.45 var(--sans);
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  button {
    align-items: center;
    background: transparent;
    border: 1px solid transparent;
    border-radius: var(--radius);
    color: inherit;
    cursor: pointer;
    display: inline-flex;
    font: inherit;
    gap: 6px;
    justify-content: center;
    min-height: 30px;
    padding: 0 10px;
  }
  button:hover {
    background: var(--hover);
  }
  button.primary {
    background: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  button.primary:hover {
    background: var(--accent-hover);
  }
  button.outlined {
    border-color: var(--border-strong);
  }
  button:disabled {
    cursor: default;
    opacity: 0.55;
  }
  select,
  input {
    background: var(--surface);
    border: 1px solid var(--border-strong);
    border-radius: var(--radius);
    color: var(--ink);
    font: inherit;
    min-height: 30px;
    padding: 0 8px;
  }
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  .quiet {
    color: var(--ink-2);
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  code,
  .mono {
    font-family: var(--mono);
    font-size: 12.5px;
  }
  .empty {
    color: var(--ink-2);
    margin: auto;
    max-width: 34ch;
    padding: 24px;
    text-align: center;
    text-wrap: balance;
  }
  .empty h3 {
    color: var(--ink);
    font-size: 15px;
    margin-bottom: 6px;
  }
  .visually-hidden {
    clip-path: inset(50%);
    height: 1px;
    overflow: hidden;
    position: absolute;
    white-space: nowrap;
    width: 1px;
  }
  @media (pointer: coarse) {
    button,
    select,
    input {
      min-height: 40px;
    }
    select,
    input {
      font-size: 16px;
    }
  }
`;
