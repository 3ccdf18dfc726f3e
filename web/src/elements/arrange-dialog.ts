/**
 * The dialog that orders an album's photos by hand: by dragging, with buttons, or with keys. Loaded when it is first opened.
 */
import "../styles/arrange-dialog.css";

import { html, nothing, type TemplateResult } from "lit";

import { albumStrings } from "../i18n/albums.ts";
import { strings } from "../i18n/common.ts";
import { altText, type Photo } from "../state/photo.ts";
import { type Move, PhotoArrangement } from "../state/photo-arrangement.ts";
import { hideBrokenImage } from "./broken-image.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

/** `load` returns all photos of the album in its order; `save` is called with those in their new order. */
export function openArrangeDialog(load: () => Promise<readonly Photo[]>, save: (photos: readonly Photo[]) => void): void {
  defineOnce("tintype-arrange-dialog", ArrangeDialog);
  openDialog(new ArrangeDialog(load, save));
}

const MOVES: readonly Move[] = ["start", "earlier", "later", "end"];
/** The moves of keys with Shift. */
const KEY_MOVES: Readonly<Record<string, Move>> = { Home: "start", ArrowLeft: "earlier", ArrowRight: "later", End: "end" };

class ArrangeDialog extends ModalDialog {
  static override properties = {
    arrangement: { state: true },
    error: { state: true },
    focused: { state: true },
    announcement: { state: true },
    dropIndex: { state: true },
  };
  /** Null until the photos are loaded. */
  declare arrangement: PhotoArrangement | null;
  declare error: unknown;
  /** The photo that the Tab key goes to. */
  declare focused: string | null;
  declare announcement: string;
  /** Before which photo the dragged ones would be dropped; null: none are dragged over the list. */
  declare dropIndex: number | null;
  readonly #load: () => Promise<readonly Photo[]>;
  readonly #save: (photos: readonly Photo[]) => void;
  #dragged: ReadonlySet<string> = new Set();

  constructor(load: () => Promise<readonly Photo[]>, save: (photos: readonly Photo[]) => void) {
    super([], () => undefined);
    this.#load = load;
    this.#save = save;
    this.arrangement = null;
    this.error = null;
    this.focused = null;
    this.announcement = "";
    this.dropIndex = null;
  }

  protected override load(): void {
    this.error = null;
    this.#load().then(
      (photos) => {
        this.arrangement = new PhotoArrangement(photos);
        this.arrangement.watch(() => {
          this.requestUpdate();
        });
      },
      (error: unknown) => {
        this.error = error;
      },
    );
  }

  protected override render(): TemplateResult {
    return this.renderDialog({
      name: "arrange-dialog",
      title: albumStrings.arrangeTitle,
      closeLabel: strings.cancel,
      content: html`<p class="hint arrange-hint">${albumStrings.arrangeHint}</p>
        <p class="hint arrange-touch-hint">${albumStrings.arrangeTouchHint}</p>
        ${this.#content()}
        <p class="visually-hidden" role="status">${this.announcement}</p>`,
    });
  }

  #content(): TemplateResult {
    if (this.error !== null) return this.renderLoadError(this.error);
    if (this.arrangement === null) return html`<p class="hint" role="status">${albumStrings.arranging}</p>`;
    const { photos, selected, isChanged } = this.arrangement;
    return html`<ul
        class="arrange-photos"
        role="list"
        @keydown=${this.#keyPressed}
        @dragover=${this.#draggedOver}
        @dragleave=${this.#dragLeft}
        @drop=${this.#dropped}
        @dragend=${this.#dragEnded}
      >
        ${keyedList(
          photos,
          ({ photo_id }) => photo_id,
          (photo, index) => this.#photo(photo, index, photos.length),
        )}
      </ul>
      <div class="arrange-bar">
        <div class="arrange-moves" role="group" aria-label=${albumStrings.moveSelected}>
          ${MOVES.map((move) => this.#moveButton(move, selected.size === 0))}
        </div>
        <p class="muted" role="status">${selected.size === 0 ? nothing : albumStrings.selectedCount(selected.size)}</p>
        <button class="button primary" type="button" aria-disabled=${isChanged ? "false" : "true"} @click=${this.#saved}>${albumStrings.saveOrder}</button>
      </div>`;
  }

  #photo(photo: Photo, index: number, total: number): TemplateResult {
    const { photo_id: id, thumbnail_url: thumbnail } = photo;
    const isSelected = this.arrangement?.selected.has(id) === true;
    const drop = this.dropIndex === index ? "drop-before" : this.dropIndex === total && index === total - 1 ? "drop-after" : "";
    return html`<li class=${drop}>
      <button
        type="button"
        draggable="true"
        data-photo=${id}
        aria-pressed=${isSelected ? "true" : "false"}
        aria-label=${albumStrings.position(altText(photo), index + 1, total)}
        tabindex=${this.focused === id || (this.focused === null && index === 0) ? "0" : "-1"}
        @click=${() => {
          this.focused = id;
          this.arrangement?.toggle(id);
        }}
        @focus=${() => {
          this.focused = id;
        }}
        @dragstart=${(event: DragEvent) => {
          this.#dragStarted(id, event);
        }}
      >
        ${icons.picture}
        ${thumbnail === null ? nothing : html`<img src=${thumbnail} alt="" draggable="false" loading="lazy" decoding="async" @error=${hideBrokenImage} />`}
        <span class="arrange-check">${icons.check}</span>
      </button>
    </li>`;
  }

  #moveButton(move: Move, disabled: boolean): TemplateResult {
    const clicked = () => {
      if (this.arrangement !== null && !disabled) this.#move(this.arrangement.selected, move);
    };
    return html`<button class="button" type="button" aria-disabled=${disabled ? "true" : "false"} @click=${clicked}>${albumStrings.moves[move]}</button>`;
  }

  #move(photoIds: ReadonlySet<string>, move: Move): void {
    this.arrangement?.move(photoIds, move);
    this.#announce(photoIds);
  }

  #announce(photoIds: ReadonlySet<string>): void {
    const position = this.arrangement?.photos.findIndex(({ photo_id }) => photoIds.has(photo_id)) ?? -1;
    this.announcement = albumStrings.movedTo(photoIds.size, position + 1);
    void this.updateComplete.then(() => {
      const first = [...photoIds][0];
      if (first !== undefined) this.querySelector(`[data-photo="${CSS.escape(first)}"]`)?.scrollIntoView({ block: "nearest" });
    });
  }

  /** The photos that are moved together with one: all that are selected, if it is. */
  #movedWith(photoId: string): ReadonlySet<string> {
    const selected = this.arrangement?.selected ?? new Set();
    return selected.has(photoId) ? selected : new Set([photoId]);
  }

  #keyPressed = (event: KeyboardEvent): void => {
    const photoId = photoIdOf(event.target);
    const { arrangement } = this;
    if (photoId === null || arrangement === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = event.shiftKey ? KEY_MOVES[event.key] : undefined;
    if (move !== undefined) {
      event.preventDefault();
      this.#move(this.#movedWith(photoId), move);
      return;
    }
    const index = arrangement.photos.findIndex(({ photo_id }) => photo_id === photoId);
    const columns = getComputedStyle(event.currentTarget as HTMLElement).gridTemplateColumns.split(" ").length;
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: index - 1,
      ArrowRight: index + 1,
      ArrowUp: index - columns,
      ArrowDown: index + columns,
      Home: 0,
      End: arrangement.photos.length - 1,
    };
    const next = arrangement.photos[targets[event.key] ?? -1];
    if (targets[event.key] === undefined) return;
    event.preventDefault();
    if (next !== undefined) this.querySelector<HTMLElement>(`[data-photo="${CSS.escape(next.photo_id)}"]`)?.focus();
  };

  #dragStarted(photoId: string, event: DragEvent): void {
    this.#dragged = this.#movedWith(photoId);
    if (event.dataTransfer === null) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("application/x-tintype-photo", photoId);
  }

  #draggedOver = (event: DragEvent): void => {
    const { arrangement } = this;
    if (this.#dragged.size === 0 || arrangement === null) return;
    event.preventDefault();
    const photoId = photoIdOf(event.target);
    const index = arrangement.photos.findIndex(({ photo_id }) => photo_id === photoId);
    if (index < 0 || !(event.target instanceof Element)) return;
    const { left, width } = (event.target.closest("li") ?? event.target).getBoundingClientRect();
    this.dropIndex = event.clientX < left + width / 2 ? index : index + 1;
  };

  #dragLeft = (event: DragEvent): void => {
    if (!(event.relatedTarget instanceof Node && (event.currentTarget as HTMLElement).contains(event.relatedTarget))) this.dropIndex = null;
  };

  #dropped = (event: DragEvent): void => {
    event.preventDefault();
    const [photoIds, index] = [this.#dragged, this.dropIndex];
    this.#dragEnded();
    if (index === null || photoIds.size === 0) return;
    this.arrangement?.moveTo(photoIds, index);
    this.#announce(photoIds);
  };

  #dragEnded = (): void => {
    this.#dragged = new Set();
    this.dropIndex = null;
  };

  #saved = (): void => {
    const { arrangement } = this;
    if (arrangement?.isChanged !== true) return;
    this.close();
    this.#save(arrangement.photos);
  };
}

function photoIdOf(target: EventTarget | null): string | null {
  return target instanceof Element ? (target.closest("li")?.querySelector<HTMLElement>("[data-photo]")?.dataset.photo ?? null) : null;
}
