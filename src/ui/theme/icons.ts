/** Line icons of one weight, 16 by 16, in the colour of the text beside them. */
import { svg } from "lit";

const icon = (paths: ReturnType<typeof svg>) => svg`
  <svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" stroke-width="1.4"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`;

/** A hull in its dock, seen from the bow. */
export const logo = svg`
  <svg viewBox="0 0 24 24" width="24" height="24" fill="none" aria-hidden="true">
    <path d="M2 4v15.5h20V4" stroke="var(--ink-2)" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"/>
    <path d="M5.5 5.5h13c0 5.6-2.4 9.3-6.5 11-4.1-1.7-6.5-5.4-6.5-11Z" stroke="var(--accent)" stroke-width="1.6"
      fill="var(--accent)" fill-opacity="0.16" stroke-linejoin="round"/>
    <path d="M6.3 9.500h11.4" stroke="var(--accent)" stroke-width="1.3"/>
  </svg>`;

/** The hull of the logo, alone. */
export const hullIcon = icon(
  svg`<path d="M2.500 4h11c0 4.500-2 7.300-5.500 8.700C4.500 11.300 2.500 8.500 2.500 4Z"/><path d="M3 7h10"/>`,
);
export const filesIcon = icon(svg`<path d="M4 1.700h5l3.3 3.300v9.300H4Z"/><path d="M9 1.700V5h3.3"/>`);
export const terminalIcon = icon(
  svg`<rect x="1.5" y="2.5" width="13" height="11" rx="1.5"/><path d="m4.3 6 2 2-2 2M8.5 10h3"/>`,
);
export const layersIcon = icon(svg`<path d="m8 2 6 3-6 3-6-3Z"/><path d="m2 8 6 3 6-3M2 11l6 3 6-3"/>`);
export const stepsIcon = icon(svg`<path d="M2 3.500h7M5 8h7M8 12.500h6"/>`);
export const resourcesIcon = icon(svg`<path d="M1.5 8.500h3l2-5 3 9 2-4h3"/>`);
export const systemIcon = icon(
  svg`<circle cx="8" cy="8" r="5.7"/><path d="M8 2.300v11.400a5.7 5.7 0 0 0 0-11.4" fill="currentColor"/>`,
);
export const sunIcon = icon(
  svg`<circle cx="8" cy="8" r="2.8"/><path d="M8 1.300v1.500M8 13.200v1.500M1.3 8h1.500M13.2 8h1.500M3.3 3.300l1 1M11.7 11.700l1 1M12.7 3.300l-1 1M4.3 11.700l-1 1"/>`,
);
export const moonIcon = icon(svg`<path d="M13.5 9.700A5.8 5.8 0 0 1 6.3 2.500a5.8 5.8 0 1 0 7.2 7.200Z"/>`);
export const keyboardIcon = icon(
  svg`<rect x="1.3" y="4" width="13.4" height="8.5" rx="1.5"/><path d="M4 6.700h.01M6.7 6.700h.01M9.3 6.700h.01M12 6.700h.01M5 9.800h6"/>`,
);
export const chevronIcon = icon(svg`<path d="m6 4 4 4-4 4"/>`);
