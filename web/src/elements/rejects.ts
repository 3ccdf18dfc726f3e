/**
 * Files that the library could not use: there is no image of them, so their names and the reasons are what is shown.
 */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import type { Photo } from "../photo.ts";
import { bytesInWords, dateInWords, strings } from "../strings.ts";
import { icons } from "./icons.ts";

export function rejects(photos: readonly Photo[]): TemplateResult {
  return html`<ul class="rejects" role="list">
    ${repeat(photos, ({ photo_id }) => photo_id, reject)}
  </ul>`;
}

function reject({ filename, reason, created_at, bytes, original_url: original }: Photo): TemplateResult {
  const added = strings.added(dateInWords(Date.parse(created_at)));
  return html`<li class="reject">
    ${icons.warning}
    <h2>${filename}</h2>
    <p>${reason ?? strings.rejected}</p>
    <p class="soft">${bytes === null ? added : `${added} · ${bytesInWords(bytes)}`}</p>
    ${original
      ? html`<a
          class="button"
          href=${original}
          target="_blank"
          rel="noopener noreferrer"
          aria-label=${strings.openFileNamed(filename)}
          >${icons.file}${strings.openFile}</a
        >`
      : nothing}
  </li>`;
}
