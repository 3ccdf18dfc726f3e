/**
 * The caption of the viewer: what is said of the photo, and its tags; or what to do with it, in the trash or before it joins an album.
 */
import { html, nothing, render, type TemplateResult } from "lit";
import type PhotoSwipe from "photoswipe";

import { albumStrings } from "../i18n/albums.ts";
import { strings } from "../i18n/common.ts";
import { formatDate, formatTag } from "../i18n/format.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import { type PhotoAction, photoActions } from "../state/photo-actions.ts";
import { type Photo, sortedAt, sortedAtAttribute } from "../state/photo.ts";
import { renderPhotoActions } from "./photo-action-buttons.ts";

export interface CaptionHandlers {
  readonly openTag: (tag: string) => void;
  readonly openInfo: () => void;
  readonly act: (action: PhotoAction) => void;
}

/** Registers the caption; returns the function that renders it again. */
export function registerCaption(pswp: PhotoSwipe, current: () => Photo | undefined, handlers: CaptionHandlers): () => void {
  let element: HTMLElement | null = null;
  const update = () => {
    const photo = current();
    if (photo !== undefined && element !== null) render(caption(photo, handlers), element);
  };
  pswp.ui?.registerElement({
    name: "caption",
    order: 9,
    isButton: false,
    appendTo: "root",
    onInit: (created) => {
      element = created;
      element.setAttribute("aria-live", "polite");
      pswp.on("change", update);
      update();
    },
  });
  return update;
}

function caption(photo: Photo, { openTag, openInfo, act }: CaptionHandlers): TemplateResult {
  const day = formatDate(sortedAt(photo));
  // The trash button is in the bar above.
  const actions = photoActions(photo).filter((action) => action !== "trash");
  return html`<div class="caption-words">
      ${photo.caption === "" ? nothing : html`<p class="caption-text" @click=${openInfo}>${photo.caption}</p>`}
      <p class="caption-name">
        ${photo.filename}<time datetime=${sortedAtAttribute(photo)}>${photo.taken_local === null ? strings.added(day) : day}</time>
        ${photo.guest === undefined || photo.guest === null ? nothing : html`<span class="caption-guest">${albumStrings.guest(photo.guest)}</span>`}
      </p>
    </div>
    ${
      actions.length > 0
        ? html`<div class="caption-actions">${renderPhotoActions(actions, act)}</div>`
        : photo.tags.length > 0
          ? html`<ul class="caption-tags">
            ${photo.tags.map((tag) => renderTag(tag, openTag))}
          </ul>`
          : nothing
    }`;
}

function renderTag(tag: string, openTag: (tag: string) => void): TemplateResult {
  const name = formatTag(tag);
  return html`<li>
    <button
      type="button"
      title=${name}
      aria-label=${viewerStrings.searchTag(name)}
      @click=${() => {
        openTag(tag);
      }}
    >
      ${name}
    </button>
  </li>`;
}
