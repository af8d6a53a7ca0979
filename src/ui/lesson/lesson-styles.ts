import { css } from "lit";

export const lessonStyles = css`
  section {
    background: var(--surface);
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) auto;
    height: 100%;
  }
  header,
  footer {
    align-items: center;
    border: 0 solid var(--border);
    display: flex;
    flex-wrap: wrap;
    gap: 6px 10px;
    justify-content: space-between;
    padding: 8px 14px;
  }
  header {
    border-bottom-width: 1px;
  }
  footer {
    border-top-width: 1px;
  }
  h2 {
    font-size: 15px;
  }
  .fold {
    display: none;
  }
  nav {
    flex-basis: 100%;
  }
  nav ol {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    list-style: none;
  }
  nav button {
    border-color: var(--border-strong);
    min-width: 30px;
    padding: 0 4px;
  }
  nav button[aria-current="step"] {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
    font-weight: 600;
  }
  nav button.passed:not([aria-current="step"]) {
    border-color: var(--ok);
    color: var(--ok);
  }
  .page {
    font-size: 15px;
    line-height: 1.55;
    overflow: auto;
    overflow-wrap: anywhere;
    padding: 14px 16px 24px;
  }
  .page:focus-visible {
    outline-offset: -3px;
  }
  .page :is(p, ul, ol, pre, blockquote, h4, .table, .command, .check, .hint) {
    margin: 0 0 12px;
  }
  .page h3 {
    font-size: 16px;
    margin-bottom: 10px;
  }
  .page .title {
    font-size: 18px;
  }
  .page :is(ul, ol) {
    padding-left: 22px;
  }
  a {
    color: var(--accent);
  }
  blockquote {
    border-left: 3px solid var(--border-strong);
    padding-left: 12px;
  }
  pre,
  .command {
    background: var(--raised);
    border: 1px solid var(--border);
    border-radius: var(--radius);
    overflow: auto;
    padding: 8px 10px;
    white-space: pre-wrap;
  }
  .command {
    align-items: baseline;
    border-color: var(--border-strong);
    justify-content: flex-start;
    text-align: left;
    width: 100%;
  }
  .command:hover {
    background: var(--hover);
  }
  .verb {
    color: var(--accent);
    flex: none;
    font-size: 12.5px;
    font-weight: 600;
  }
  img {
    max-width: 100%;
  }
  .table [role="row"] {
    display: flex;
    gap: 12px;
  }
  .table [role="row"] > * {
    flex: 1 1 0;
  }
  [role="columnheader"] {
    font-weight: 600;
  }
  .lack {
    border-left: 3px solid var(--ballast);
    color: var(--warn);
    padding-left: 10px;
  }
  .check {
    align-items: baseline;
    border-top: 1px solid var(--border);
    display: flex;
    gap: 12px;
    padding-top: 12px;
  }
  .check button {
    flex: none;
  }
  .check p {
    white-space: pre-wrap;
  }
  .passed {
    color: var(--ok);
  }
  .failed {
    color: var(--danger);
  }
  summary {
    cursor: pointer;
  }
  @media (max-width: 1100px) {
    .fold {
      display: inline-flex;
    }
    .folded :is(nav, .page, footer) {
      display: none;
    }
  }
`;
