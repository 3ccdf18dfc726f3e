/**
 * What is known of the photo in the viewer: beside it on a desktop, a sheet over its foot on a phone.
 */
import { html, nothing, render, type TemplateResult } from "lit";

import { icons } from "./elements/icons.ts";
import type { Photo } from "./photo.ts";
import { type Fact, facts, processingFacts } from "./record.ts";
import { strings, tagInWords } from "./strings.ts";

/** Fetches a photo's full record with fresh addresses; null if it is gone. */
export type FetchRecord = (photoId: string) => Promise<Photo | null>;

export interface PanelHandlers {
  readonly record: FetchRecord;
  readonly tag: (tag: string) => void;
  readonly close: () => void;
}

export class Panel {
  readonly #element: HTMLElement;
  readonly #handlers: PanelHandlers;
  #photoId: string | null = null;

  constructor(element: HTMLElement, handlers: PanelHandlers) {
    this.#element = element;
    this.#handlers = handlers;
    element.id = "info";
    element.hidden = true;
    element.tabIndex = -1;
    element.setAttribute("role", "region");
    element.setAttribute("aria-label", strings.infoOf);
    // The viewer zooms by the wheel and leafs by keys that here mean scrolling.
    element.addEventListener("wheel", (event) => {
      event.stopPropagation();
    });
    element.addEventListener("keydown", (event) => {
      if (["ArrowUp", "ArrowDown", " ", "PageUp", "PageDown", "Home", "End"].includes(event.key)) event.stopPropagation();
    });
  }

  get isOpen(): boolean {
    return !this.#element.hidden;
  }

  /** Opens on a photo, and takes the keyboard along. */
  open(photo: Photo): void {
    this.#element.hidden = false;
    this.show(photo);
    this.#element.focus({ preventScroll: true });
  }

  close(): void {
    this.#element.hidden = true;
    this.#photoId = null;
  }

  /** Tells of a photo: what is known at once, then its full record; does nothing while closed. */
  show(photo: Photo): void {
    if (!this.isOpen) return;
    this.#photoId = photo.photo_id;
    this.#element.scrollTop = 0;
    this.#tell(photo);
    this.#handlers.record(photo.photo_id).then(
      (record) => {
        if (record !== null && this.#photoId === photo.photo_id) this.#tell(record);
      },
      () => {
        // What the list knew of it stays.
      },
    );
  }

  #tell(photo: Photo): void {
    const { tag, close } = this.#handlers;
    const processing = processingFacts(photo);
    render(
      html`
        <div class="info-head">
          <h2 aria-live="polite">${photo.filename}</h2>
          <button class="info-close" type="button" aria-label=${strings.closeInfo} @click=${close}>${icons.close}</button>
        </div>
        ${list(facts(photo))} ${photo.tags.length > 0 ? tags(photo.tags, tag) : nothing}
        ${processing.length > 0 ? html`<h3>${strings.infoProcessing}</h3>${list(processing)}` : nothing}
        ${photo.mine ? links(photo) : nothing}
      `,
      this.#element,
    );
  }
}

function list(facts: readonly Fact[]): TemplateResult {
  return html`<dl>
    ${facts.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

function tags(words: readonly string[], choose: (tag: string) => void): TemplateResult {
  return html`<h3>${strings.infoTags}</h3>
    <ul class="info-tags" role="list">
      ${words.map(
        (word) => html`<li>
          <button
            type="button"
            aria-label=${strings.searchTag(tagInWords(word))}
            @click=${() => {
              choose(word);
            }}
          >
            ${tagInWords(word)}
          </button>
        </li>`,
      )}
    </ul>`;
}

function links({ original_url: original, resized_url: resized }: Photo): TemplateResult {
  const link = (address: string | null | undefined, words: string) =>
    address ? html`<a href=${address} target="_blank" rel="noopener noreferrer">${words}</a>` : nothing;
  return html`<p class="info-links">${link(original, strings.openOriginal)} ${link(resized, strings.openResized)}</p>`;
}
