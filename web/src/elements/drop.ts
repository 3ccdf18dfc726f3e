/**
 * The whole page saying that photos hovering over it may be dropped.
 */
import { html, type TemplateResult } from "lit";

import { strings } from "../strings.ts";
import { PageElement } from "./element.ts";

export class Drop extends PageElement {
  protected override render(): TemplateResult {
    return html`<div class="drop" aria-hidden="true"><p>${strings.drop}</p></div>`;
  }
}
