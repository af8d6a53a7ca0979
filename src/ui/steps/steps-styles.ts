import { css } from "lit";

export const stepsStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .toolbar {
    align-items: center;
    border-bottom: 1px solid var(--border);
    display: flex;
    gap: 12px;
    padding: 10px 14px;
  }
  .toolbar input[type="search"] {
    flex: 1;
    min-width: 0;
  }
  .check {
    align-items: center;
    display: inline-flex;
    gap: 6px;
  }
  .check input {
    accent-color: var(--accent);
    min-height: 0;
  }
  .tree {
    flex: 1;
    min-height: 0;
    overflow: auto;
    padding: 6px 0;
  }
  .row {
    align-items: baseline;
    column-gap: 10px;
    content-visibility: auto;
    contain-intrinsic-height: auto 26px;
    cursor: default;
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto 62px 84px;
    padding: 3px 14px 3px 6px;
  }
  .row:hover {
    background: var(--hover);
  }
  .row[aria-selected="true"] {
    background: var(--selected);
  }
  .row:focus-visible {
    outline-offset: -2px;
  }
  .row[aria-level="1"] {
    font-weight: 600;
  }
  .name {
    align-items: baseline;
    display: flex;
    gap: 8px;
    min-width: 0;
  }
  .chevron {
    align-self: center;
    color: var(--ink-2);
    display: inline-flex;
    flex: none;
    margin-right: -4px;
    width: 16px;
  }
  [aria-expanded="true"] .chevron {
    transform: rotate(90deg);
  }
  .kind {
    color: var(--ink-2);
    flex: none;
    font-size: 12px;
    font-weight: 400;
  }
  .title {
    flex: 0 1 auto;
    min-width: 6ch;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .step .title {
    color: var(--accent);
    flex: none;
  }
  .output .title {
    color: var(--ink-2);
    flex: none;
  }
  .detail {
    color: var(--ink-2);
    flex: 1 100 0;
    font-weight: 400;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .step .detail,
  .output .detail {
    color: var(--ink);
  }
  .row[aria-selected="true"] :is(.title, .detail) {
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .state {
    color: var(--ink-2);
    font-size: 12px;
    font-weight: 400;
  }
  .running .state {
    color: var(--accent);
  }
  .failed .state,
  .cancelled .state {
    color: var(--danger);
  }
  time {
    font-size: 12px;
    font-weight: 400;
    text-align: right;
    white-space: nowrap;
  }
  .track {
    align-self: center;
    background: var(--track);
    border-radius: 2px;
    height: 6px;
    overflow: hidden;
    position: relative;
  }
  .track i {
    background: var(--bar);
    border-radius: 2px;
    height: 100%;
    min-width: 2px;
    position: absolute;
  }
  .failed .track i {
    background: var(--danger);
  }
  .cached .track i {
    background: var(--border-strong);
  }
  .output .track {
    visibility: hidden;
  }
  @media (max-width: 480px) {
    .row {
      grid-template-columns: minmax(0, 1fr) auto 56px;
      padding-block: 6px;
    }
    .track {
      display: none;
    }
  }
`;
