/**
 * The overlay that is visible while files are dragged over the page.
 */
import { html, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { PageElement } from "./page-element.ts";

export class DropOverlay extends PageElement {
  protected override render(): TemplateResult {
    return html`<div class="drop-overlay" aria-hidden="true"><p>${strings.dropPhotos}</p></div>`;
  }
}
