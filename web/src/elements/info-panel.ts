/**
 * The info panel of the viewer: next to the photo on a desktop, a bottom sheet on a phone.
 */
import { html, nothing, render, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";

import { explain } from "../i18n/common.ts";
import { formatTag } from "../i18n/format.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import type { BatchApi } from "../state/batch-actions.ts";
import type { Completions } from "../state/completions.ts";
import type { PhotoApi, PhotoEditor } from "../state/photo-editor.ts";
import { type PhotoAction, photoActions } from "../state/photo-actions.ts";
import { type MetadataEntry, photoMetadata, isEditable, processingMetadata } from "../state/photo-metadata.ts";
import { altText, type Photo, type SimilarPhotos } from "../state/photo.ts";
import { icons } from "./icons.ts";
import { defineOnce } from "./page-element.ts";
import { renderPhotoActions } from "./photo-action-buttons.ts";
import { definePhotoAlbums, type PhotoAlbumsContext, type PhotoAlbumsHandlers } from "./photo-albums.ts";
import { type EditDescription, PhotoDescriptionForm } from "./photo-description-form.ts";
import { definePhotoEditForm } from "./photo-edit-form.ts";
import { PhotoPositionForm } from "./photo-position-form.ts";

/** Where the viewer gets photos from. */
export interface PhotoSource {
  /** Fetches a photo with fresh URLs; null if it does not exist. */
  readonly fetchPhoto: (photoId: string) => Promise<Photo | null>;
  /** Finds the user's photos that are similar to one of them. */
  readonly findSimilar: (photoId: string) => Promise<SimilarPhotos>;
}

export interface EditHandlers {
  readonly api: PhotoApi & BatchApi;
  readonly completions: Completions;
  /** A photo was changed; `hasLeft`: it left the album in view, or was deleted permanently. */
  readonly onSaved: (photo: Photo, hasLeft: boolean) => void;
}

export interface InfoPanelHandlers extends EditHandlers, PhotoSource {
  readonly albums: PhotoAlbumsContext;
  readonly albumHandlers: PhotoAlbumsHandlers;
  /** The editor of the user's own photo, in its latest version. */
  readonly editorOf: (photo: Photo) => PhotoEditor;
  readonly editDescription: EditDescription;
  /** Goes to a photo. */
  readonly openPhoto: (photo: Photo) => void;
  readonly openTag: (tag: string) => void;
  /** Performs an action on the photo that is displayed. */
  readonly act: (action: PhotoAction) => void;
  readonly close: () => void;
}

/** The similar photos that were found, and how many, or why there are none; null before they are looked for. */
interface SimilarSearch {
  readonly photos: readonly Photo[];
  readonly message: string | null;
}

const NOT_SEARCHED: SimilarSearch = { photos: [], message: null };

export class InfoPanel {
  readonly #element: HTMLElement;
  readonly #handlers: InfoPanelHandlers;
  /** The photo in the panel, in its latest version; null while the panel is closed. */
  #photo: Photo | null = null;
  #similar: SimilarSearch = NOT_SEARCHED;

  constructor(element: HTMLElement, handlers: InfoPanelHandlers) {
    this.#element = element;
    this.#handlers = handlers;
    element.id = "info";
    element.hidden = true;
    element.tabIndex = -1;
    element.setAttribute("role", "region");
    element.setAttribute("aria-label", viewerStrings.infoPanel);
    definePhotoEditForm();
    definePhotoAlbums();
    defineOnce("tintype-photo-position-form", PhotoPositionForm);
    defineOnce("tintype-photo-description-form", PhotoDescriptionForm);
    // In the viewer, the wheel zooms and the keys change photos: here they scroll.
    element.addEventListener("wheel", (event) => {
      event.stopPropagation();
    });
    element.addEventListener("keydown", (event) => {
      const isField = event.target instanceof Element && event.target.matches("input, select, textarea");
      if (isField && event.key !== "Escape" && event.key !== "Tab") event.stopPropagation();
      if (["ArrowUp", "ArrowDown", " ", "PageUp", "PageDown", "Home", "End"].includes(event.key)) event.stopPropagation();
    });
  }

  get isOpen(): boolean {
    return !this.#element.hidden;
  }

  /** Opens the panel on a photo and focuses it. */
  open(photo: Photo): void {
    this.#element.hidden = false;
    this.show(photo);
    this.#element.focus({ preventScroll: true });
  }

  close(): void {
    this.#element.hidden = true;
    this.#photo = null;
  }

  /** Shows a new version of the photo, if it is the one that is displayed. */
  update(photo: Photo): void {
    if (this.#photo?.photo_id === photo.photo_id) this.#render(photo);
  }

  /** Shows a photo: what is known at once, then the full record; does nothing while closed. */
  show(photo: Photo): void {
    if (!this.isOpen) return;
    if (this.#photo?.photo_id !== photo.photo_id) this.#similar = NOT_SEARCHED;
    this.#element.scrollTop = 0;
    this.#render(photo);
    this.#handlers.fetchPhoto(photo.photo_id).then(
      (record) => {
        if (record !== null && this.#photo?.photo_id === photo.photo_id) this.#render(record);
      },
      () => {
        // The list's version of the photo stays.
      },
    );
  }

  #render(photo: Photo): void {
    this.#photo = photo;
    const { openTag, close, editorOf, editDescription, albums, albumHandlers } = this.#handlers;
    const editor = isEditable(photo) ? editorOf(photo) : null;
    const processing = processingMetadata(photo);
    const actions = photoActions(photo);
    const decisions = actions.filter((action) => action !== "trash");
    render(
      html`
        <div class="info-head">
          <h2 aria-live="polite">${photo.filename}</h2>
          <button class="info-close" type="button" aria-label=${viewerStrings.closeInfo} @click=${close}>${icons.close}</button>
        </div>
        ${decisions.length > 0 ? html`<p class="info-actions">${renderPhotoActions(decisions, this.#act)}</p>` : nothing}
        ${
          editor === null
            ? photo.caption === ""
              ? nothing
              : html`<p class="info-caption">${photo.caption}</p>`
            : keyed(
                editor,
                html`<tintype-photo-description-form .editor=${editor} .edit=${editDescription}></tintype-photo-description-form>`,
              )
        }
        <tintype-photo-albums .photo=${photo} .context=${albums} .handlers=${albumHandlers}></tintype-photo-albums>
        ${
          photo.mine && photo.state === "ready"
            ? renderSimilar(this.#similar, () => void this.#findSimilar(photo.photo_id), this.#openPhoto)
            : nothing
        }
        ${
          editor === null
            ? html`${renderFacts(photoMetadata(photo))} ${photo.tags.length > 0 ? renderTags(photo.tags, openTag) : nothing}`
            : html`<tintype-photo-edit-form .editor=${editor} .handlers=${this.#handlers}></tintype-photo-edit-form>
              <h3>${viewerStrings.details}</h3>
              ${renderFacts(photoMetadata(photo))}`
        }
        ${processing.length > 0 ? html`<h3>${viewerStrings.processing}</h3>${renderFacts(processing)}` : nothing}
        ${photo.mine ? renderDownloads(photo) : nothing}
        ${actions.includes("trash") ? html`<p class="info-actions">${renderPhotoActions(["trash"], this.#act)}</p>` : nothing}
      `,
      this.#element,
    );
  }

  /** Goes to a similar photo; the panel, which shows it then, gets the focus of the button that is gone. */
  #openPhoto = (photo: Photo): void => {
    this.#handlers.openPhoto(photo);
    this.#element.focus({ preventScroll: true });
  };

  /** Performs an action; the panel of the next photo gets the focus of the button. */
  #act = (action: PhotoAction): void => {
    this.#element.focus({ preventScroll: true });
    this.#handlers.act(action);
  };

  async #findSimilar(photoId: string): Promise<void> {
    const update = (search: SimilarSearch) => {
      if (this.#photo?.photo_id !== photoId) return;
      this.#similar = search;
      this.#render(this.#photo);
    };
    update({ photos: [], message: viewerStrings.findingSimilar });
    try {
      const { items, state } = await this.#handlers.findSimilar(photoId);
      update({ photos: items, message: items.length > 0 ? viewerStrings.similarFound(items.length) : viewerStrings.noSimilar[state] });
    } catch (error) {
      update({ photos: [], message: explain(error) });
    }
  }
}

function renderFacts(facts: readonly MetadataEntry[]): TemplateResult {
  return html`<dl>
    ${facts.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

function renderTags(tags: readonly string[], openTag: (tag: string) => void): TemplateResult {
  return html`<h3>${viewerStrings.tags}</h3>
    <ul class="info-tags" role="list">
      ${tags.map(
        (tag) => html`<li>
          <button
            type="button"
            aria-label=${viewerStrings.searchTag(formatTag(tag))}
            @click=${() => {
              openTag(tag);
            }}
          >
            ${formatTag(tag)}
          </button>
        </li>`,
      )}
    </ul>`;
}

function renderSimilar({ photos, message }: SimilarSearch, find: () => void, open: (photo: Photo) => void): TemplateResult {
  return html`<p class="info-actions"><button type="button" @click=${find}>${icons.copies}${viewerStrings.moreLikeThis}</button></p>
    <p class="info-similar-status" role="status">${message ?? nothing}</p>
    ${
      photos.length === 0
        ? nothing
        : html`<ul class="info-similar" role="list" aria-label=${viewerStrings.moreLikeThis}>
          ${photos.map(
            (photo) => html`<li>
              <button
                type="button"
                @click=${() => {
                  open(photo);
                }}
              >
                <img src=${photo.thumbnail_url ?? ""} alt=${altText(photo)} width="150" height="150" loading="lazy" />
              </button>
            </li>`,
          )}
        </ul>`
    }`;
}

/** Renders download links; the responses' headers name the files. */
function renderDownloads({ original_url: original, resized_url: resized }: Photo): TemplateResult {
  const link = (url: string | null | undefined, label: string) =>
    url ? html`<a href=${url} download>${icons.download}${label}</a>` : nothing;
  return html`<p class="info-actions">${link(original, viewerStrings.downloadOriginal)} ${link(resized, viewerStrings.downloadResized)}</p>`;
}
