/**
 * Files that the library could not use: there is no image of them, so their names and the reasons are what is shown.
 * They are chosen as photos are: by the circle, by a resting finger, with Shift everything between. Loaded with the first.
 */
import "../styles/rejected-list.css";

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { systemClock } from "../core/clock.ts";
import { LongPress } from "../core/long-press.ts";
import { strings } from "../i18n/common.ts";
import { formatBytes, formatDate } from "../i18n/format.ts";
import type { Photo } from "../state/photo.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

export interface RejectedListState {
  readonly photos: readonly Photo[];
  readonly selected: ReadonlySet<string>;
}

/** Defines the element, once. */
export function defineRejectedList(): void {
  if (customElements.get("tintype-rejected-list") === undefined) customElements.define("tintype-rejected-list", RejectedList);
}

export class RejectedList extends PageElement {
  static override properties = { state: { attribute: false } };
  declare state: RejectedListState | null;
  readonly #longPress = new LongPress(systemClock);

  constructor() {
    super();
    this.state = null;
  }

  /** What chooses a file; null if that is not here. */
  tileOf(photoId: string): HTMLElement | null {
    return this.querySelector(`[data-photo="${CSS.escape(photoId)}"]`);
  }

  /** Brings a file into sight and the keyboard to it; false if it is not here. */
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
      ${repeat(photos, ({ photo_id }) => photo_id, (photo) => this.#file(photo, selected))}
    </ul>`;
  }

  #file({ photo_id: photoId, filename, reason, created_at, bytes, original_url: original }: Photo, all: ReadonlySet<string>): TemplateResult {
    const added = strings.added(formatDate(Date.parse(created_at)));
    const chosen = all.has(photoId);
    const pick = (range: boolean) => {
      this.emit("select-photo", { photoId, range });
    };
    return html`<li
      class="rejected-file ${chosen ? "selected" : ""}"
      @pointerdown=${({ pointerType, clientX, clientY }: PointerEvent) => {
        if (pointerType !== "touch") return;
        this.#longPress.begin(clientX, clientY, () => {
          pick(false);
        });
      }}
      @pointermove=${({ clientX, clientY }: PointerEvent) => {
        this.#longPress.move(clientX, clientY);
      }}
      @pointerup=${this.#pointerUp}
      @pointercancel=${this.#pointerUp}
      @touchend=${this.#touchEnded}
      @contextmenu=${preventTouchMenu}
      @click=${(event: MouseEvent) => {
        if (isCheckbox(event) || (all.size > 0 && !isLink(event))) pick(event.shiftKey);
      }}
    >
      <button
        class="rejected-checkbox"
        type="button"
        role="checkbox"
        data-photo=${photoId}
        aria-checked=${chosen ? "true" : "false"}
        aria-label=${strings.selectPhoto(filename)}
      >
        <span>${icons.check}</span>
      </button>
      <h2>${filename}</h2>
      <p>${reason ?? strings.rejected}</p>
      <p class="muted">${bytes === null ? added : `${added} · ${formatBytes(bytes)}`}</p>
      ${original
        ? html`<a class="button" href=${original} download aria-label=${strings.downloadFileNamed(filename)}>${icons.download}${strings.downloadFile}</a>`
        : nothing}
    </li>`;
  }

  #pointerUp = (): void => {
    this.#longPress.end();
  };

  /** The bar may have come up under the finger: lifting it must press nothing there. */
  #touchEnded = (event: TouchEvent): void => {
    if (this.#longPress.consumeClick()) event.preventDefault();
  };
}

/** A resting finger opens no menu: it chooses. */
function preventTouchMenu(event: Event): void {
  if ((event as PointerEvent).pointerType === "touch") event.preventDefault();
}

function isCheckbox({ target }: Event): boolean {
  return target instanceof Element && target.closest(".rejected-checkbox") !== null;
}

function isLink({ target }: Event): boolean {
  return target instanceof Element && target.closest("a") !== null;
}
