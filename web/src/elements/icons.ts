/**
 * The page's icons, drawn on a 24 px grid in the color of the surrounding text.
 */
import { svg, html, type TemplateResult } from "lit";

function icon(drawing: TemplateResult<2>): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${drawing}</svg>`;
}

/** The logo: a portrait in a frame with clipped corners, tinted in one spot. */
export const logo = html`<svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
  <path class="logo-frame" d="M8 1.500h16l6.500 6.500v16L24 30.500H8L1.500 24V8z" />
  <circle class="logo-mat" cx="16" cy="16" r="9" />
  <path class="logo-figure" d="M9.300 22c1.200-3.600 3.700-5.300 6.700-5.300s5.500 1.700 6.700 5.300A9 9 0 0 1 16 25a9 9 0 0 1-6.700-3z" />
  <circle class="logo-accent" cx="16" cy="13" r="3.400" />
</svg>`;

export const icons = {
  search: icon(svg`<circle cx="11" cy="11" r="6.500"/><path d="m16 16 4.500 4.500"/>`),
  add: icon(svg`<path d="M12 5v14M5 12h14"/>`),
  folder: icon(
    svg`<path d="M3.500 18V6.500a1 1 0 0 1 1-1h5l2 2.500h8a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1zM12 11v5M9.500 13.500h5"/>`,
  ),
  close: icon(svg`<path d="m6 6 12 12M18 6 6 18"/>`),
  down: icon(svg`<path d="m6 9.500 6 6 6-6"/>`),
  up: icon(svg`<path d="m6 14.500 6-6 6 6"/>`),
  lock: icon(svg`<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>`),
  globe: icon(svg`<circle cx="12" cy="12" r="8.500"/><path d="M3.500 12h17M12 3.500c5 5 5 12 0 17M12 3.500c-5 5-5 12 0 17"/>`),
  check: icon(svg`<path d="m5 12.500 4.500 4.500L19 7.500"/>`),
  warning: icon(svg`<path d="M12 4 3 19.500h18zM12 10v4.500M12 17v.2"/>`),
  back: icon(svg`<path d="M19.500 12H5M11 6l-6 6 6 6"/>`),
  info: icon(svg`<circle cx="12" cy="12" r="8.500"/><path d="M12 11v5.500M12 7.500v.2"/>`),
  calendar: icon(svg`<rect x="4" y="5.500" width="16" height="14.500" rx="2"/><path d="M4 10h16M8.500 3.500v4M15.500 3.500v4"/>`),
  file: icon(svg`<path d="M13.500 3.500H7a1 1 0 0 0-1 1v15a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V8zM13.500 3.500V8H18"/>`),
  retry: icon(svg`<path d="M19 12a7 7 0 1 1-2-4.900M19 3.500V8h-4.500"/>`),
  flame: icon(
    svg`<path d="M12 3c.5 4 5.500 6 5.500 11a5.500 5.500 0 0 1-11 0c0-2.500 1.500-4 2.500-5 .3 1.500 1 2.300 2 2.500C10.500 8.500 10.500 5.500 12 3z"/>`,
  ),
  picture: icon(svg`<rect x="3.500" y="5" width="17" height="14" rx="2"/><path d="m4 17 5-5 4 4 3-3 4 4"/>`),
  trash: icon(svg`<path d="M4.500 7h15M9.500 7V4.500h5V7M6.500 7l.8 12.500h9.400L17.500 7M10 11v5M14 11v5"/>`),
  restore: icon(svg`<path d="M5 12a7 7 0 1 0 2-4.900M5 3.500V8h4.500"/>`),
  tag: icon(svg`<path d="M3.500 4.500v7l9 9 8-8-9-9h-7a1 1 0 0 0-1 1zM8 8.500v.2"/>`),
  untag: icon(svg`<path d="M6.500 3.500h6l9 9-3.500 3.500M15.500 18.500l-2 2-9-9v-5M4 4l16 16"/>`),
  download: icon(svg`<path d="M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 19.500h14"/>`),
  dice: icon(
    svg`<rect x="4" y="4" width="16" height="16" rx="3"/><path d="M8.500 8.500v.2M15.500 8.500v.2M12 12v.2M8.500 15.500v.2M15.500 15.500v.2"/>`,
  ),
  key: icon(svg`<circle cx="8" cy="15.500" r="4"/><path d="M11 12.500 19.500 4M16 7.500l2.500 2.500"/>`),
  copies: icon(
    svg`<rect x="4" y="8" width="12" height="12" rx="2"/><path d="M8.500 8V6a2 2 0 0 1 2-2H18a2 2 0 0 1 2 2v7.500a2 2 0 0 1-2 2h-2"/>`,
  ),
  copy: icon(
    svg`<rect x="8.500" y="8.500" width="11.500" height="11.500" rx="2"/><path d="M5.500 15.500a1.500 1.500 0 0 1-1.500-1.500V6a2 2 0 0 1 2-2h8a1.500 1.500 0 0 1 1.500 1.500"/>`,
  ),
  camera: icon(
    svg`<path d="M4.500 7.500h3l1.500-2.500h6l1.500 2.500h3a1 1 0 0 1 1 1V18a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1V8.500a1 1 0 0 1 1-1z"/><circle cx="12" cy="13" r="3.300"/>`,
  ),
  filters: icon(
    svg`<path d="M4 7.500h9M19 7.500h1M4 16.500h2M12 16.500h8"/><circle cx="16" cy="7.500" r="2.500"/><circle cx="9" cy="16.500" r="2.500"/>`,
  ),
  play: icon(svg`<path d="M7.500 5v14l11.500-7z"/>`),
  pause: icon(svg`<path d="M8.500 5.500v13M15.500 5.500v13"/>`),
  share: icon(svg`<path d="M12 15V4M8 7.500 12 3.500l4 4M7 11H5.500v9h13v-9H17"/>`),
  link: icon(svg`<path d="M10 14a4 4 0 0 0 5.700 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1-1"/>`),
  out: icon(svg`<path d="M14 4.500H6.500a1 1 0 0 0-1 1v13a1 1 0 0 0 1 1H14M11 12h9.500M17 8.500l3.500 3.500-3.500 3.500"/>`),
  minus: icon(svg`<path d="M5 12h14"/>`),
  pin: icon(
    svg`<path d="M12 20.500c-4.500-5-6.500-8-6.500-11a6.500 6.500 0 0 1 13 0c0 3-2 6-6.500 11z"/><circle cx="12" cy="9.500" r="2.300"/>`,
  ),
  star: icon(svg`<path d="m12 4 2.500 5.200 5.700.8-4.100 4 1 5.700-5.100-2.700-5.100 2.700 1-5.700-4.100-4 5.700-.8z"/>`),
  heart: icon(
    svg`<path d="M12 19.500C5 15 3.500 11.500 3.500 9a4.300 4.300 0 0 1 8.500-1.300A4.300 4.300 0 0 1 20.500 9c0 2.500-1.500 6-8.500 10.500z"/>`,
  ),
  album: icon(svg`<rect x="4" y="8.500" width="16" height="11" rx="2"/><path d="M6.500 5.500h11M8.500 3h7"/>`),
  people: icon(
    svg`<circle cx="9.500" cy="8.500" r="3.500"/><path d="M3.500 19.500c.5-4 2.800-6 6-6s5.500 2 6 6M15.500 5.300a3.500 3.500 0 0 1 0 6.400M17.500 14c1.800.9 2.800 2.700 3 5.500"/>`,
  ),
  more: icon(svg`<path d="M5.500 12v.2M12 12v.2M18.500 12v.2" stroke-width="2.750"/>`),
  offline: icon(svg`<path d="M4 4l16 16M8.500 15.500a5 5 0 0 1 7 0M5 12a10 10 0 0 1 4-2.500M19 12a10 10 0 0 0-6-2.900M12 19v.2"/>`),
} as const;
