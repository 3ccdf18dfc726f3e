/**
 * A QR code, drawn as one path. Loaded when a shared link was created.
 */
import { svg, html, type TemplateResult } from "lit";

import { correction, generate } from "lean-qr";

/** The blank margin that readers need, in modules. */
const MARGIN = 4;

/** Renders the QR code of a text. */
export function renderQrCode(text: string, label: string): TemplateResult {
  const code = generate(text, { minCorrectionLevel: correction.M });
  const size = code.size + 2 * MARGIN;
  const modules = [...Array(code.size).keys()];
  const path = modules.flatMap((y) => modules.filter((x) => code.get(x, y)).map((x) => `M${x + MARGIN} ${y + MARGIN}h1v1h-1z`)).join("");
  return html`<svg class="qr-code" viewBox="0 0 ${size} ${size}" role="img" aria-label=${label} shape-rendering="crispEdges">
    ${svg`<path d=${path} />`}
  </svg>`;
}
