/**
 * The grid of photos, in rows and by day. Only photos near the viewport and the focused one are in the document; the grid
 * keeps its full height, so that it scrolls as if all of them were.
 */
import { html, nothing, type TemplateResult } from "lit";

import { deviceStorage } from "../core/browser-storage.ts";
import { isSingleKeyShortcut } from "../core/character-keys.ts";
import { systemClock } from "../core/clock.ts";
import { lazyImport } from "../core/lazy-import.ts";
import { formatDay } from "../i18n/format.ts";
import { groupByDay } from "../state/dates.ts";
import {
  type Box,
  type Direction,
  computeLayout,
  type Layout,
  firstIndexFrom,
  neighbor,
  indexesBetween,
  indexesToRender,
  rowFrom,
  type Section,
  sectionsBetween,
  type IndexRange,
} from "../state/justified-layout.ts";
import { addressOf, addressQuery } from "../state/page-address.ts";
import { type Photo, tileRatio } from "../state/photo.ts";
import { scrollShift } from "../state/scroll-shift.ts";
import { isSelectable } from "../state/selection.ts";
import { daysLeft } from "../state/trash.ts";
import { isSameView, type View } from "../state/view.ts";
import { customProperties } from "./custom-properties.ts";
import { renderDayHeader } from "./day-header.ts";
import type { GridMotion } from "./grid-motion.ts";
import { keyedList } from "./keyed-list.ts";
import { PageElement } from "./page-element.ts";
import { renderTile } from "./photo-tile.ts";
import { PressController } from "./press-controller.ts";
import { TouchSelection } from "./touch-selection.ts";

/** Tiles at the top of the page whose images load at once. */
const EAGER_TILES = 8;

/** Rendered area above and below the viewport, and scroll distance after which the grid renders again, in viewport heights. */
const OVERSCAN = 1;
const SCROLL_STEP = 0.25;
/** Time for the first images to start loading before more tiles are rendered, ms. */
const OVERSCAN_DELAY = 400;

const loadGridMotion = lazyImport(() => import("./grid-motion.ts"));

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

/** The arrow keys that enter the grid from the page. */
const ENTRY_KEYS = ["ArrowRight", "ArrowDown"];

const EMPTY_LAYOUT: Layout = { height: 0, sections: [], rows: [], boxes: [] };

export interface GridState {
  readonly photos: readonly Photo[];
  readonly view: View;
  /** Whether the photos are grouped by day. */
  readonly byDay: boolean;
  readonly signedIn: boolean;
  readonly selected: ReadonlySet<string>;
  /** Whether there are newer photos that are not loaded yet. */
  readonly hasNewer: boolean;
  /** Whether other photos are being loaded. */
  readonly busy: boolean;
}

export class PhotoGrid extends PageElement {
  static override properties = { state: { attribute: false } };
  declare state: GridState | null;
  #layout = EMPTY_LAYOUT;
  /** The input that the layout was computed from. */
  #layoutInput: { photos: readonly Photo[]; byDays: boolean; width: number; rowHeight: number } | null = null;
  /** The top of the viewport at the last render, px from the top of the grid. */
  #renderedTop = 0;
  /** The photo that has the focus, or will get it. */
  #focusedId: string | null = null;
  /** The selector of the focused element in its tile's list item before an update; null if the focus is elsewhere. */
  #focusedPart: ".tile" | ".tile-checkbox" | null = null;
  /** The state to render: while a pointer is pressed, it has the photos from before, so that none of them moves. */
  #current: GridState | null = null;
  /** Rendered area around the viewport, in viewport heights: 0 at first, so that visible photos load first. */
  #overscan = 0;
  /** Whether thumbhashes are displayed: decoding them must not delay the first images. */
  #showPlaceholders = false;
  #rendered = false;
  /** While the page is printed, all photos are in the document. */
  #isPrinting = false;
  /** Moves photos to new places; loaded after the first images. */
  #motion: GridMotion | null = null;
  readonly #touch = new TouchSelection();
  readonly #press = new PressController(this);
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
    addEventListener("keydown", this.#pageKeyPressed);
    addEventListener("beforeprint", this.#printingStarts);
    addEventListener("afterprint", this.#printed);
  }

  override disconnectedCallback(): void {
    this.#resizeObserver.disconnect();
    removeEventListener("scroll", this.#scrolled);
    removeEventListener("resize", this.#windowResized);
    removeEventListener("keydown", this.#pageKeyPressed);
    removeEventListener("beforeprint", this.#printingStarts);
    removeEventListener("afterprint", this.#printed);
    super.disconnectedCallback();
  }

  /** Returns a photo's tile, or null if it is not in the document. */
  tileOf(photoId: string): HTMLElement | null {
    return this.querySelector(`[data-photo="${CSS.escape(photoId)}"]`);
  }

  /** The photos of the first row that begins below the page's header; at the end of the page, also those after it. */
  get photosAtTop(): readonly Photo[] {
    const { first, end } = rowFrom(this.#layout, this.#topBelowHeader());
    return this.#current?.photos.slice(first, isScrolledToEnd() ? undefined : end) ?? [];
  }

  /** Scrolls to a photo and focuses it; returns false if it is not in the grid. */
  focusPhoto(photoId: string): boolean {
    if (this.state?.photos.some(({ photo_id }) => photo_id === photoId) !== true) return false;
    this.#focusedId = photoId;
    this.requestUpdate();
    void this.updateComplete.then(() => {
      const tile = this.tileOf(photoId);
      tile?.scrollIntoView({ block: "nearest" });
      tile?.focus({ preventScroll: true });
    });
    return true;
  }

  protected override willUpdate(): void {
    const active = document.activeElement;
    this.#focusedPart = !this.contains(active) ? null : active?.matches(".tile-checkbox") === true ? ".tile-checkbox" : ".tile";
    const previous = this.#current;
    const state = (this.#current = this.#press.active ? withPhotosOf(previous, this.state) : this.state);
    if (state === null) return;
    if (state !== this.state) void this.#press.over.then(this.#pressEnded);
    const input = {
      photos: state.photos,
      byDays: state.byDay,
      width: this.clientWidth,
      rowHeight: this.#measure("--row-height"),
    };
    const before = this.#layoutInput;
    if (
      before?.photos === input.photos &&
      before.byDays === input.byDays &&
      before.width === input.width &&
      before.rowHeight === input.rowHeight
    )
      return;
    const groups = groupByDay(state.photos, input.byDays).map(({ day, photos }) => ({ day, ratios: photos.map(tileRatio) }));
    const after = computeLayout(groups, {
      ...input,
      gap: this.#measure("--grid-gap"),
      headingHeight: this.#measure("--day-header-height"),
    });
    const { photos } = input;
    const shift =
      before === null || previous === null || !isSameView(previous.view, state.view)
        ? 0
        : scrollShift({ ...before, layout: this.#layout, hasNewer: previous.hasNewer }, { photos, layout: after }, this.#topBelowHeader());
    const isSameGrid = before?.width === input.width && previous?.busy === false && isSameView(previous.view, state.view);
    if (isSameGrid && shift === 0) this.#motion?.start();
    this.#layout = after;
    this.#layoutInput = input;
    if (shift !== 0) {
      this.style.setProperty("--height", `${after.height}px`);
      scrollBy(0, shift);
    }
  }

  /** Restores the focus of a tile that was created again, in another day. */
  protected override updated(): void {
    this.#motion?.finish();
    if (!this.#rendered && this.#layout.boxes.length > 0) {
      this.#rendered = true;
      systemClock.after(0, this.#enablePlaceholders);
      systemClock.after(OVERSCAN_DELAY, this.#enableOverscan);
    }
    if (this.#focusedPart !== null && !this.contains(document.activeElement) && this.#focusedId !== null) {
      const item = this.tileOf(this.#focusedId)?.closest("li");
      item?.querySelector<HTMLElement>(this.#focusedPart)?.focus({ preventScroll: true });
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const state = this.#current;
    if (state === null || this.#layoutInput?.width === 0) return nothing;
    const layout = this.#layout;
    this.style.setProperty("--height", `${layout.height}px`);
    this.#renderedTop = this.#windowTop();
    const [top, bottom] = this.#isPrinting
      ? [0, layout.height]
      : [this.#renderedTop - this.#overscan * innerHeight, this.#renderedTop + (1 + this.#overscan) * innerHeight];
    const focused = this.#focusedId === null ? -1 : this.#indexOf(this.#focusedId);
    const { first, end } = indexesBetween(layout, top, bottom);
    return html`<div class="timeline" aria-busy=${state.busy ? "true" : "false"} @keydown=${this.#keyPressed} @focusin=${this.#focusEntered}>
      ${keyedList(
        sectionsBetween(layout, top, bottom, focused < 0 ? null : focused),
        (section) => section.day,
        (section) => this.#section(section, state, { first, end }, focused),
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
    loadGridMotion().then(
      (module) => {
        this.#motion = new module.GridMotion(this);
      },
      () => undefined,
    );
  };

  #section(section: Section, state: GridState, range: IndexRange, focused: number): TemplateResult {
    const { day, headingHeight, left, top, width, height } = section;
    const shape = customProperties({ "--left": `${left}px`, "--top": `${top}px`, "--width": `${width}px`, "--height": `${height}px` });
    const title = `day-${day}`;
    return html`<section class="day" ${shape} aria-labelledby=${day === null ? nothing : title}>
      ${day === null ? nothing : this.#header(title, section, state)}
      <ul class="grid ${state.selected.size > 0 ? "selecting" : ""}" role="list">
        ${keyedList(
          indexesToRender(section, range, focused),
          (index) => state.photos[index]?.photo_id,
          (index) => this.#tile(index, { left, top: top + headingHeight }, section, state),
        )}
      </ul>
    </section>`;
  }

  #header(id: string, { day, width, first, end }: Section, { photos, signedIn, selected }: GridState): TemplateResult {
    return renderDayHeader({
      id,
      label: formatDay(day ?? 0, width < (this.#layoutInput?.width ?? 0) ? "short" : "long"),
      photoIds: signedIn
        ? photos
            .slice(first, end)
            .filter(({ mine }) => mine)
            .map(({ photo_id }) => photo_id)
        : [],
      selected,
      toggle: (photoIds) => {
        this.emit("select-photos", photoIds);
      },
    });
  }

  #tile(
    index: number,
    origin: Pick<Box, "left" | "top">,
    section: Section,
    { photos, view, signedIn, selected }: GridState,
  ): TemplateResult | typeof nothing {
    const [photo, box] = [photos[index], this.#layout.boxes[index]];
    if (photo === undefined || box === undefined) return nothing;
    const selectable = signedIn && isSelectable(photo);
    const state = {
      box: { ...box, left: box.left - origin.left, top: box.top - origin.top },
      href: addressQuery({ ...addressOf(view), photo: photo.photo_id }, signedIn),
      position: index - section.first + 1,
      setSize: section.end - section.first,
      showPlaceholder: this.#showPlaceholders,
      eager: index < EAGER_TILES || this.#isPrinting,
      highPriority: index < (this.#layout.rows[0]?.end ?? 0),
      selectable,
      selected: selected.has(photo.photo_id),
      selecting: selectable && selected.size > 0,
      badge: signedIn && view.scope === "mine" && photo.mine && view.state === "ready" ? photo.status : null,
      daysLeft: view.state === "trashed" ? daysLeft(photo, systemClock.now()) : null,
      addedBy: view.album === null ? null : (photo.guest ?? null),
    };
    return renderTile(photo, state, {
      touch: this.#touch,
      select: (range) => {
        this.emit("select-photo", { photoId: photo.photo_id, range });
      },
      open: () => {
        this.emit("open-photo", photo.photo_id);
      },
      imageFailed: (event) => {
        (event.target as HTMLImageElement).dataset.failed = "";
        this.emit("image-failed", photo.photo_id);
      },
    });
  }

  #pressEnded = (): void => {
    this.requestUpdate();
  };

  /** The length of a custom property, px. */
  #measure(name: string): number {
    return parseFloat(getComputedStyle(this).getPropertyValue(name));
  }

  #windowTop(): number {
    return -this.getBoundingClientRect().top;
  }

  /** The lower edge of the page's header, px from the top of the grid. */
  #topBelowHeader(): number {
    return this.#windowTop() + this.#measure("--header-height");
  }

  #indexOf(photoId: string): number {
    return this.#current?.photos.findIndex(({ photo_id }) => photo_id === photoId) ?? -1;
  }

  #scrolled = (): void => {
    if (Math.abs(this.#windowTop() - this.#renderedTop) > SCROLL_STEP * innerHeight) this.requestUpdate();
  };

  #windowResized = (): void => {
    this.requestUpdate();
  };

  /** Browsers print what is in the document when the event ends. */
  #printingStarts = (): void => {
    this.#isPrinting = true;
    this.requestUpdate();
    this.performUpdate();
  };

  #printed = (): void => {
    this.#isPrinting = false;
    this.requestUpdate();
  };

  #focusEntered = (event: FocusEvent): void => {
    this.#focusedId = photoIdOf(event.target);
  };

  /** Focuses the first photo in the viewport while nothing has the focus. */
  #pageKeyPressed = (event: KeyboardEvent): void => {
    if (!ENTRY_KEYS.includes(event.key) || event.defaultPrevented || hasModifier(event) || !isPageFocused()) return;
    const top = this.#topBelowHeader() + this.#measure("--day-header-height");
    const photo = this.#current?.photos[firstIndexFrom(this.#layout, top)];
    if (photo !== undefined && this.focusPhoto(photo.photo_id)) event.preventDefault();
  };

  #keyPressed = (event: KeyboardEvent): void => {
    const photoId = photoIdOf(event.target);
    const direction = DIRECTIONS[event.key];
    if (photoId === null || hasModifier(event)) return;
    if (direction !== undefined) {
      event.preventDefault();
      const next = this.#current?.photos[neighbor(this.#layout, this.#indexOf(photoId), direction)];
      if (next !== undefined) this.focusPhoto(next.photo_id);
    }
    // As on a button: Enter follows the link, Space clicks it.
    if (event.key === " " && event.target instanceof HTMLElement && event.target.matches(".tile")) {
      event.preventDefault();
      if (!event.repeat) event.target.click();
    }
    const photo = this.#current?.photos[this.#indexOf(photoId)];
    const selectable = this.#current?.signedIn === true && photo !== undefined && isSelectable(photo);
    if (event.key === "s" && selectable && isSingleKeyShortcut(event, deviceStorage)) this.emit("select-photo", { photoId, range: false });
  };
}

/** The state with the photos of a previous one of the same view. */
function withPhotosOf(previous: GridState | null, state: GridState | null): GridState | null {
  if (previous === null || state === null || previous.photos === state.photos || !isSameView(previous.view, state.view)) return state;
  return { ...state, photos: previous.photos, hasNewer: previous.hasNewer };
}

/** Whether the end of the page is in the window. Scroll positions are rounded. */
function isScrolledToEnd(): boolean {
  return scrollY + innerHeight >= document.documentElement.scrollHeight - 1;
}

function hasModifier({ ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return ctrlKey || metaKey || altKey || shiftKey;
}

/** Whether no control has the focus and nothing covers the page: arrow keys belong to controls, dialogs and the viewer. */
function isPageFocused(): boolean {
  const active = document.activeElement;
  return (active === null || active.matches("body, main")) && document.querySelector("dialog[open], .pswp") === null;
}

function photoIdOf(target: EventTarget | null): string | null {
  return target instanceof Element ? (target.closest("li")?.querySelector<HTMLElement>("[data-photo]")?.dataset.photo ?? null) : null;
}
