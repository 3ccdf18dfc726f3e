/**
 * The drawing of an empty place: a plate that nothing has been exposed on yet.
 */
import { html } from "lit";

export const emptyIllustration = html`<svg class="plate" viewBox="0 0 120 96" aria-hidden="true" focusable="false">
  <path class="plate-back" d="M26 10h76l10 10v56l-10 10H26L16 76V20z" />
  <path class="plate-front" d="M18 4h76l10 10v56L94 80H18L8 70V14z" />
  <ellipse class="plate-mat" cx="56" cy="42" rx="24" ry="29" />
  <path class="plate-figure" d="M36.500 59c2.500-9.500 10-13.500 19.500-13.500S73 49.500 75.500 59A24 29 0 0 1 56 71a24 29 0 0 1-19.500-12z" />
  <circle class="plate-figure" cx="56" cy="34" r="9.500" />
</svg>`;
