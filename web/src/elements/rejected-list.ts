/**
 * The files that could not be processed: names and reasons, since there are no images. They are selected as photos are.
 * Loaded when it is first opened.
 */
import "../styles/rejected-list.css";

import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { formatBytes, formatDate } from "../i18n/format.ts";
import type { Photo } from "../state/photo.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { defineOnce, PageElement } from "./page-element.ts";
import { preventTouchMenu, TouchSelection } from "./touch-selection.ts";

export interface RejectedListState {
  readonly photos: readonly Photo[];
  readonly selected: ReadonlySet<string>;
}

export function defineRejectedList(): void {
  defineOnce("tintype-rejected-list", RejectedList);
}

export class RejectedList extends PageElement {
  static override properties = { state: { attribute: false } };
  declare state: RejectedListState | null;
  readonly #touch = new TouchSelection();

  constructor() {
    super();
    this.state = null;
  }

  /** Returns a file's checkbox, or null if it is not in the list. */
  tileOf(photoId: string): HTMLElement | null {
    return this.querySelector(`[data-photo="${CSS.escape(photoId)}"]`);
  }

  /** Focuses a file; returns false if it is not in the list. */
  focusPhoto(photoId: string): boolean {
    if (this.state?.photos.some(({ photo_id }) => photo_id === photoId) !== true) return false;
    void this.updateComplete.then(() => {
      this.tileOf(photoId)?.focus();
    });
    return true;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.state === null) return nothing;
    const { photos, selected } = this.state;
    return html`<ul class="rejected-list ${selected.size > 0 ? "selecting" : ""}" role="list">
      ${keyedList(
        photos,
        ({ photo_id }) => photo_id,
        (photo) => this.#file(photo, selected),
      )}
    </ul>`;
  }

  #file(
    { photo_id: photoId, filename, reason, created_at, bytes, original_url: original }: Photo,
    selected: ReadonlySet<string>,
  ): TemplateResult {
    const added = strings.added(formatDate(Date.parse(created_at)));
    const isSelected = selected.has(photoId);
    const select = (range: boolean) => {
      this.emit("select-photo", { photoId, range });
    };
    return html`<li
      class="rejected-file ${isSelected ? "selected" : ""}"
      @pointerdown=${(event: PointerEvent) => {
        this.#touch.pointerDown(event, () => {
          select(false);
        });
      }}
      @pointermove=${this.#touch.pointerMoved}
      @pointerup=${this.#touch.pointerUp}
      @pointercancel=${this.#touch.pointerUp}
      @touchend=${this.#touch.touchEnded}
      @contextmenu=${preventTouchMenu}
      @click=${(event: MouseEvent) => {
        if (isCheckbox(event) || (selected.size > 0 && !isLink(event))) select(event.shiftKey);
      }}
    >
      <button
        class="rejected-checkbox"
        type="button"
        role="checkbox"
        data-photo=${photoId}
        aria-checked=${isSelected ? "true" : "false"}
        aria-label=${strings.selectPhoto(filename)}
      >
        <span>${icons.check}</span>
      </button>
      <h2>${filename}</h2>
      <p>${reason ?? strings.rejected}</p>
      <p class="muted">${bytes === null ? added : `${added} · ${formatBytes(bytes)}`}</p>
      ${
        original
          ? html`<a class="button" href=${original} download aria-label=${strings.downloadFileNamed(filename)}>${icons.download}${strings.downloadFile}</a>`
          : nothing
      }
    </li>`;
  }
}

function isCheckbox({ target }: Event): boolean {
  return target instanceof Element && target.closest(".rejected-checkbox") !== null;
}

function isLink({ target }: Event): boolean {
  return target instanceof Element && target.closest("a") !== null;
}
