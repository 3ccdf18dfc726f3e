/**
 * The cover of an album, with the icon of an album behind it.
 */
import { html, nothing, type TemplateResult } from "lit";

import { type Album, isSmart } from "../state/albums.ts";
import { hideBrokenImage } from "./broken-image.ts";
import { icons } from "./icons.ts";

export function renderCover(album: Album): TemplateResult {
  const { cover_image: cover } = album;
  return html`<span class="album-cover">
    ${isSmart(album) ? icons.search : icons.album}
    ${cover === null ? nothing : html`<img src=${cover} alt="" loading="lazy" decoding="async" @error=${hideBrokenImage} />`}
  </span>`;
}
