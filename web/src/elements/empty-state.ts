/**
 * The illustration of an empty view.
 */
import { html } from "lit";

export const emptyIllustration = html`<svg class="empty-illustration" viewBox="0 0 120 96" aria-hidden="true" focusable="false">
  <path class="illustration-back" d="M26 10h76l10 10v56l-10 10H26L16 76V20z" />
  <path class="illustration-front" d="M18 4h76l10 10v56L94 80H18L8 70V14z" />
  <ellipse class="illustration-mat" cx="56" cy="42" rx="24" ry="29" />
  <path class="illustration-figure" d="M36.500 59c2.500-9.500 10-13.500 19.500-13.500S73 49.500 75.500 59A24 29 0 0 1 56 71a24 29 0 0 1-19.500-12z" />
  <circle class="illustration-figure" cx="56" cy="34" r="9.500" />
</svg>`;
