import { css } from "lit";

export const layersStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 14px;
    overflow: auto;
    padding: 14px;
  }
  .pick {
    align-items: center;
    display: flex;
    gap: 10px;
  }
  .pick select {
    flex: 1;
    max-width: 340px;
    min-width: 0;
  }
  .totals {
    background: var(--raised);
    border: 1px solid var(--border);
    border-radius: var(--radius);
    display: grid;
    gap: 10px;
    padding: 12px 14px;
  }
  .totals dl {
    align-items: center;
    display: grid;
    gap: 8px 12px;
    grid-template-columns: auto auto 1fr;
  }
  .totals dd.number {
    font-weight: 600;
    min-width: 64px;
    text-align: right;
  }
  .meter {
    background: var(--track);
    border-radius: 2px;
    display: flex;
    height: 10px;
    overflow: hidden;
  }
  .visible {
    background: var(--bar);
  }
  .hidden {
    background: repeating-linear-gradient(-45deg, var(--ballast) 0 4px, var(--ballast-gap) 4px 7px);
  }
  .ballast {
    color: var(--warn);
  }
  .layers {
    display: grid;
    gap: 6px;
    list-style: none;
  }
  .layer {
    background: var(--surface);
    border: 1px solid var(--border);
    border-radius: var(--radius);
    overflow: hidden;
  }
  .empty-layer {
    background: transparent;
    border-style: dashed;
  }
  .plan {
    display: grid;
    gap: 10px;
  }
  .plan h3 {
    font-size: 15px;
  }
  .plan .layer {
    border-style: dashed;
    display: grid;
    gap: 4px;
    padding: 8px 12px;
  }
  .head {
    align-items: baseline;
    border: 0;
    border-radius: 0;
    display: grid;
    gap: 6px 8px;
    grid-template-columns: 16px auto minmax(0, 1fr) auto;
    padding: 8px 12px 8px 8px;
    text-align: left;
    width: 100%;
  }
  .head:focus-visible {
    outline-offset: -2px;
  }
  .head:disabled {
    background: transparent;
    opacity: 1;
  }
  .chevron {
    align-self: center;
    color: var(--ink-2);
    display: inline-flex;
    width: 16px;
  }
  [aria-expanded="true"] .chevron {
    transform: rotate(90deg);
  }
  .ordinal {
    color: var(--ink-2);
    font-size: 12.5px;
  }
  .instruction {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .instruction b {
    color: var(--accent);
    font-weight: 600;
  }
  .size {
    white-space: nowrap;
  }
  .empty-layer .size {
    color: var(--ink-2);
  }
  .line {
    align-items: center;
    display: flex;
    font-size: 12.5px;
    gap: 10px;
    grid-column: 3 / -1;
  }
  .line .meter {
    flex: 1;
    height: 6px;
  }
  .mark {
    color: var(--ink-2);
    font-family: var(--mono);
    font-size: 12.5px;
  }
  .mark.A {
    color: var(--ok);
  }
  .mark.D {
    color: var(--danger);
  }
  .mark.C {
    color: var(--accent);
  }
  .changes {
    border-top: 1px solid var(--border);
    display: grid;
    font-size: 12.5px;
    gap: 8px;
    justify-items: start;
    padding: 8px 12px 10px 32px;
  }
  .changes ul {
    display: grid;
    gap: 2px;
    list-style: none;
    width: 100%;
  }
  .changes li {
    align-items: baseline;
    column-gap: 8px;
    display: grid;
    grid-template-columns: 14px minmax(0, 1fr) auto;
  }
  .changes code {
    overflow-wrap: anywhere;
  }
  .gone code {
    color: var(--ink-2);
    text-decoration: line-through;
  }
  .note {
    color: var(--warn);
    grid-column: 2 / -1;
  }
  .skeleton {
    display: grid;
    gap: 8px;
  }
  .skeleton i {
    background: var(--raised);
    border-radius: var(--radius);
    height: 54px;
  }
  .skeleton i:first-child {
    height: 110px;
  }
`;
