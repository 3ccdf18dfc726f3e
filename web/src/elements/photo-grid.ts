/**
 * The photos in rows, day by day. Only those near the window are in the document, and the one that has the keyboard;
 * the grid keeps its full height, so that scrolling is as if all of them were.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { isSingleKeyShortcut } from "../core/character-keys.ts";
import { systemClock } from "../core/clock.ts";
import { LongPress } from "../core/long-press.ts";
import { strings } from "../i18n/common.ts";
import { formatDay } from "../i18n/format.ts";
import { groupByDay } from "../state/dates.ts";
import { type Box, type Direction, computeLayout, type Layout, neighbor, indexesBetween, indexesToRender, type Section, sectionsBetween, type IndexRange } from "../state/justified-layout.ts";
import { type Photo, tileRatio } from "../state/photo.ts";
import { isSameView, type View } from "../state/view.ts";
import { customProperties } from "./custom-properties.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import { renderTile } from "./photo-tile.ts";

/** Tiles at the top of the page, whose images need not wait to be scrolled to. */
const EAGER_TILES = 8;

/** Windows above and below the window whose photos are in the document, and after how much of one that is looked at anew. */
const OVERSCAN = 1;
const SCROLL_STEP = 0.25;
/** By when the first photos have their images under way, ms. */
const OVERSCAN_DELAY = 400;

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", Home: "first", End: "last",
};

const EMPTY_LAYOUT: Layout = { height: 0, sections: [], rows: [], boxes: [] };

export interface GridState {
  readonly photos: readonly Photo[];
  readonly view: View;
  readonly signedIn: boolean;
  readonly selected: ReadonlySet<string>;
  /** Other photos are on their way. */
  readonly busy: boolean;
}

export class PhotoGrid extends PageElement {
  static override properties = { state: { attribute: false } };
  declare state: GridState | null;
  #layout = EMPTY_LAYOUT;
  /** What the layout was made of. */
  #layoutInput: { photos: readonly Photo[]; byDays: boolean; width: number; rowHeight: number } | null = null;
  /** Where the window was when the photos near it were last worked out, px from the grid's top. */
  #renderedTop = 0;
  /** The photo that has the keyboard, or is about to. */
  #focusedId: string | null = null;
  #hadFocus = false;
  /** Windows around the window whose photos are in the document: none at first, so that those in sight come soonest. */
  #overscan = 0;
  /** Whether the blurs that stand for photos are shown: working them out must not keep the first photos waiting. */
  #showPlaceholders = false;
  #rendered = false;
  readonly #longPress = new LongPress(systemClock);
  readonly #resizeObserver = new ResizeObserver(() => {
    if (this.clientWidth !== this.#layoutInput?.width) this.requestUpdate();
  });

  constructor() {
    super();
    this.state = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resizeObserver.observe(this);
    addEventListener("scroll", this.#scrolled, { passive: true });
    addEventListener("resize", this.#windowResized);
  }

  override disconnectedCallback(): void {
    this.#resizeObserver.disconnect();
    removeEventListener("scroll", this.#scrolled);
    removeEventListener("resize", this.#windowResized);
    super.disconnectedCallback();
  }

  /** A photo's tile, or null while it is not in the document. */
  tileOf(photoId: string): HTMLElement | null {
    return this.querySelector(`[data-photo="${CSS.escape(photoId)}"]`);
  }

  /** Brings a photo into sight and the keyboard to it; false if it is not here. */
  focusPhoto(photoId: string): boolean {
    const place = this.#indexOf(photoId);
    if (place < 0) return false;
    this.#focusedId = photoId;
    this.requestUpdate();
    void this.updateComplete.then(() => {
      const tile = this.tileOf(photoId);
      tile?.scrollIntoView({ block: "nearest" });
      tile?.focus({ preventScroll: true });
    });
    return true;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const state = this.state;
    this.#hadFocus = this.contains(document.activeElement);
    if (state === null) return;
    const style = getComputedStyle(this);
    const measure = (name: string) => parseFloat(style.getPropertyValue(name));
    const made = { photos: state.photos, byDays: isTimeline(state.view), width: this.clientWidth, rowHeight: measure("--row-height") };
    const before = this.#layoutInput;
    if (before?.photos === made.photos && before.byDays === made.byDays && before.width === made.width && before.rowHeight === made.rowHeight) return;
    const groups = groupByDay(state.photos, made.byDays).map(({ day, photos }) => ({ day, ratios: photos.map(tileRatio) }));
    const after = computeLayout(groups, { ...made, gap: measure("--grid-gap"), headingHeight: measure("--day-header-height") });
    const seen = changed.get("state")?.view ?? state.view;
    const moved = before === null || !isSameView(seen, state.view) ? 0 : this.#scrollShift(before.photos, after, made.photos);
    this.#layout = after;
    this.#layoutInput = made;
    if (moved !== 0) {
      this.style.setProperty("--height", `${after.height}px`);
      scrollBy(0, moved);
    }
  }

  /** A tile that was moved in the document to keep its order has lost the keyboard. */
  protected override updated(): void {
    if (!this.#rendered && this.#layout.boxes.length > 0) {
      this.#rendered = true;
      systemClock.after(0, this.#enablePlaceholders);
      systemClock.after(OVERSCAN_DELAY, this.#enableOverscan);
    }
    if (this.#hadFocus && !this.contains(document.activeElement) && this.#focusedId !== null) {
      this.tileOf(this.#focusedId)?.focus({ preventScroll: true });
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const state = this.state;
    if (state === null || this.#layoutInput?.width === 0) return nothing;
    const layout = this.#layout;
    this.style.setProperty("--height", `${layout.height}px`);
    this.#renderedTop = this.#windowTop();
    const [top, bottom] = [this.#renderedTop - this.#overscan * innerHeight, this.#renderedTop + (1 + this.#overscan) * innerHeight];
    const held = this.#focusedId === null ? -1 : this.#indexOf(this.#focusedId);
    const { first, end } = indexesBetween(layout, top, bottom);
    return html`<div class="timeline" aria-busy=${state.busy ? "true" : "false"} @keydown=${this.#keyPressed} @focusin=${this.#focusEntered}>
      ${repeat(
        sectionsBetween(layout, top, bottom, held < 0 ? null : held),
        (section) => section.day,
        (section) => this.#section(section, state, { first, end }, held),
      )}
    </div>`;
  }

  #enablePlaceholders = (): void => {
    this.#showPlaceholders = true;
    this.requestUpdate();
  };

  #enableOverscan = (): void => {
    this.#overscan = OVERSCAN;
    this.requestUpdate();
  };

  #section(section: Section, state: GridState, near: IndexRange, held: number): TemplateResult {
    const { day, headingHeight, left, top, width, height } = section;
    const shape = customProperties({ "--left": `${left}px`, "--top": `${top}px`, "--width": `${width}px`, "--height": `${height}px` });
    const title = `day-${day}`;
    return html`<section class="day" ${shape} aria-labelledby=${day === null ? nothing : title}>
      ${day === null ? nothing : this.#heading(title, section, state)}
      <ul class="grid ${state.selected.size > 0 ? "selecting" : ""}" role="list">
        ${repeat(
          indexesToRender(section, near, held),
          (place) => state.photos[place]?.photo_id,
          (place) => this.#tile(place, { left, top: top + headingHeight }, section, state),
        )}
      </ul>
    </section>`;
  }

  #heading(id: string, { day, width, first, end }: Section, { photos, signedIn, selected }: GridState): TemplateResult {
    const words = formatDay(day ?? 0, width < (this.#layoutInput?.width ?? 0) ? "short" : "long");
    const mine = signedIn ? photos.slice(first, end).filter((photo) => photo.mine).map(({ photo_id }) => photo_id) : [];
    const all = mine.length > 0 && mine.every((photoId) => selected.has(photoId));
    return html`<div class="day-header">
      <h2 id=${id}>${words}</h2>
      ${mine.length === 0
        ? nothing
        : html`<button
            class="day-checkbox"
            type="button"
            role="checkbox"
            aria-checked=${all ? "true" : "false"}
            aria-label=${strings.selectDay(words)}
            @click=${() => {
              this.emit("select-photos", mine);
            }}
          >
            <span>${icons.check}</span>
          </button>`}
    </div>`;
  }

  #tile(place: number, origin: Pick<Box, "left" | "top">, section: Section, { photos, view, signedIn, selected }: GridState): TemplateResult | typeof nothing {
    const [photo, box] = [photos[place], this.#layout.boxes[place]];
    if (photo === undefined || box === undefined) return nothing;
    const selectable = signedIn && isSelectable(photo);
    const state = {
      box: { ...box, left: box.left - origin.left, top: box.top - origin.top },
      position: place - section.first + 1,
      setSize: section.end - section.first,
      showPlaceholder: this.#showPlaceholders,
      eager: place < EAGER_TILES,
      highPriority: place < (this.#layout.rows[0]?.end ?? 0),
      selectable,
      selected: selected.has(photo.photo_id),
      selecting: selectable && selected.size > 0,
      badge: signedIn && view.scope === "mine" ? photo.status : null,
    };
    return renderTile(photo, state, {
      pointerDown: this.#pointerDown(photo),
      pointerMoved: this.#pointerMoved,
      pointerUp: this.#pointerUp,
      touchEnded: this.#touchEnded,
      select: (event) => {
        if (!this.#longPress.consumeClick()) this.emit("select-photo", { photoId: photo.photo_id, range: event.shiftKey });
      },
      open: () => {
        if (!this.#longPress.consumeClick()) this.emit("open-photo", photo.photo_id);
      },
      imageFailed: (event) => {
        (event.target as HTMLImageElement).dataset.failed = "";
        this.emit("image-failed", photo.photo_id);
      },
    });
  }

  /** How far what is at the window's top has moved down: photos came in above it, or rows broke elsewhere. */
  #scrollShift(before: readonly Photo[], after: Layout, photos: readonly Photo[]): number {
    const top = this.#windowTop();
    if (top <= 0) return 0;
    const place = indexesBetween(this.#layout, top, top + 1).first;
    const photo = before[place];
    const now = photo === undefined ? -1 : photos.findIndex(({ photo_id }) => photo_id === photo.photo_id);
    return (after.boxes[now]?.top ?? 0) - (now < 0 ? 0 : (this.#layout.boxes[place]?.top ?? 0));
  }

  #windowTop(): number {
    return -this.getBoundingClientRect().top;
  }

  #indexOf(photoId: string): number {
    return this.state?.photos.findIndex(({ photo_id }) => photo_id === photoId) ?? -1;
  }

  #scrolled = (): void => {
    if (Math.abs(this.#windowTop() - this.#renderedTop) > SCROLL_STEP * innerHeight) this.requestUpdate();
  };

  #windowResized = (): void => {
    this.requestUpdate();
  };

  #focusEntered = (event: FocusEvent): void => {
    this.#focusedId = photoIdOf(event.target);
  };

  #keyPressed = (event: KeyboardEvent): void => {
    const photoId = photoIdOf(event.target);
    const direction = DIRECTIONS[event.key];
    if (photoId === null || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (direction !== undefined) {
      event.preventDefault();
      const next = this.state?.photos[neighbor(this.#layout, this.#indexOf(photoId), direction)];
      if (next !== undefined) this.focusPhoto(next.photo_id);
    }
    const photo = this.state?.photos[this.#indexOf(photoId)];
    const own = this.state?.signedIn === true && photo !== undefined && isSelectable(photo);
    if (event.key === "s" && own && isSingleKeyShortcut(event, localStorage)) this.emit("select-photo", { photoId, range: false });
  };

  /** A finger that rests on a photo chooses it; a mouse has the circle. */
  #pointerDown(photo: Photo): (event: PointerEvent) => void {
    return ({ pointerType, clientX, clientY }) => {
      if (pointerType !== "touch") return;
      this.#longPress.begin(clientX, clientY, () => {
        this.emit("select-photo", { photoId: photo.photo_id, range: false });
      });
    };
  }

  #pointerMoved = ({ clientX, clientY }: PointerEvent): void => {
    this.#longPress.move(clientX, clientY);
  };

  #pointerUp = (): void => {
    this.#longPress.end();
  };

  /** The bar may have come up under the finger: lifting it must press nothing there. */
  #touchEnded = (event: TouchEvent): void => {
    if (this.#longPress.consumeClick()) event.preventDefault();
  };
}

/** Days are for the timeline: what a search found, and the trash, are looked through as a whole. */
function isTimeline({ tags, state }: View): boolean {
  return tags.length === 0 && state === "ready";
}

/** What is being processed is let be until that is done. */
function isSelectable({ mine, state }: Photo): boolean {
  return mine && state !== "processing";
}

function photoIdOf(target: EventTarget | null): string | null {
  return target instanceof Element ? (target.closest("li")?.querySelector<HTMLElement>("[data-photo]")?.dataset.photo ?? null) : null;
}
