/**
 * The photos of a shared link, in rows that fill the width. Only photos near the viewport and the focused one are in the
 * document; the grid keeps its full height.
 */
import { html, nothing, type TemplateResult } from "lit";

import { placeholderImage } from "../core/thumbhash.ts";
import { describePhoto } from "../i18n/guest.ts";
import { guestAddress } from "../state/guest-address.ts";
import type { GuestPhoto } from "../state/guest-album.ts";
import {
  type Box,
  computeLayout,
  type Direction,
  indexesBetween,
  indexesToRender,
  type Layout,
  neighbor,
} from "../state/justified-layout.ts";
import { coverWidth, tileRatio, tileSrcset } from "../state/photo.ts";
import { customProperties } from "./custom-properties.ts";
import { keyedList } from "./keyed-list.ts";
import { PageElement } from "./page-element.ts";

/** Photos whose images load before they are scrolled to. */
const EAGER_TILES = 6;
/** Rendered area above and below the viewport, and scroll distance after which the grid renders again, in viewport heights. */
const OVERSCAN = 1;
const SCROLL_STEP = 0.25;

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

export interface GuestGridState {
  readonly photos: readonly GuestPhoto[];
  /** How many photos the album has: more than are loaded. */
  readonly total: number;
  readonly token: string;
}

export class GuestGrid extends PageElement {
  static override properties = { state: { attribute: false } };
  declare state: GuestGridState | null;
  declare openPhoto: (photo: GuestPhoto) => void;
  declare imageFailed: (photo: GuestPhoto) => void;
  #layout: Layout = { height: 0, sections: [], rows: [], boxes: [] };
  #layoutInput: { photos: readonly GuestPhoto[]; width: number; rowHeight: number } | null = null;
  /** The top of the viewport at the last render, px from the top of the grid. */
  #renderedTop = 0;
  #focusedId: string | null = null;
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
    addEventListener("resize", this.#resized);
  }

  override disconnectedCallback(): void {
    this.#resizeObserver.disconnect();
    removeEventListener("scroll", this.#scrolled);
    removeEventListener("resize", this.#resized);
    super.disconnectedCallback();
  }

  /** The image of a photo's tile, or null if it is not in the document. */
  imageOf(photoId: string): HTMLImageElement | null {
    return this.#tileOf(photoId)?.querySelector("img") ?? null;
  }

  /** Scrolls to a photo and focuses it. */
  async focusPhoto(photoId: string): Promise<void> {
    this.#focusedId = photoId;
    this.requestUpdate();
    await this.updateComplete;
    const tile = this.#tileOf(photoId);
    tile?.scrollIntoView({ block: "nearest" });
    tile?.focus({ preventScroll: true });
  }

  protected override willUpdate(): void {
    const photos = this.state?.photos ?? [];
    const input = { photos, width: this.clientWidth, rowHeight: this.#rowHeight(photos.length) };
    const before = this.#layoutInput;
    if (before?.photos === photos && before.width === input.width && before.rowHeight === input.rowHeight) return;
    this.#layoutInput = input;
    this.#layout = computeLayout([{ day: null, ratios: photos.map(tileRatio) }], {
      ...input,
      gap: this.#measure("--grid-gap"),
      headingHeight: 0,
    });
  }

  protected override render(): TemplateResult | typeof nothing {
    const state = this.state;
    if (state === null || this.#layoutInput?.width === 0) return nothing;
    this.style.setProperty("--height", `${this.#layout.height}px`);
    this.#renderedTop = -this.getBoundingClientRect().top;
    const [above, below] = [OVERSCAN * innerHeight, (1 + OVERSCAN) * innerHeight];
    const near = indexesBetween(this.#layout, this.#renderedTop - above, this.#renderedTop + below);
    const focused = this.#focusedId === null ? -1 : this.#indexOf(this.#focusedId);
    return html`<ul class="guest-grid" role="list" @keydown=${this.#keyPressed} @focusin=${this.#focusEntered}>
      ${keyedList(
        indexesToRender({ first: 0, end: state.photos.length }, near, focused),
        (index) => state.photos[index]?.photo_id,
        (index) => this.#tile(index, state),
      )}
    </ul>`;
  }

  #tile(index: number, { photos, total, token }: GuestGridState): TemplateResult | typeof nothing {
    const [photo, box] = [photos[index], this.#layout.boxes[index]];
    if (photo === undefined || box === undefined) return nothing;
    const shape = customProperties({
      "--left": toPixels(box.left),
      "--top": toPixels(box.top),
      "--width": toPixels(box.width),
      "--height": toPixels(box.height),
      "--placeholder": placeholderImage(photo.placeholder),
    });
    const opened = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.openPhoto(photo);
    };
    return html`<li aria-posinset=${index + 1} aria-setsize=${Math.max(total, photos.length)} ${shape}>
      <a class="guest-tile" href=${guestAddress(token, photo.photo_id)} data-photo=${photo.photo_id} @click=${opened}>
        ${this.#image(photo, box, index < EAGER_TILES)}
      </a>
    </li>`;
  }

  /** Renders the image; `loading`, `sizes` and `srcset` come before `src`, which starts the download. */
  #image(photo: GuestPhoto, box: Box, eager: boolean): TemplateResult {
    const sources = tileSrcset(photo);
    return html`<img
      alt=${describePhoto(photo)}
      loading=${eager ? "eager" : "lazy"}
      decoding="async"
      sizes=${sources === null ? nothing : `${coverWidth(photo, box)}px`}
      srcset=${sources ?? nothing}
      src=${photo.image_url ?? nothing}
      @load=${imageLoaded}
      @error=${() => {
        this.imageFailed(photo);
      }}
    />`;
  }

  /** The target height of rows: one photo alone fills most of the window. */
  #rowHeight(photos: number): number {
    return photos === 1 ? Math.max(320, innerHeight * 0.72) : this.#measure("--row-height");
  }

  #measure(name: string): number {
    return parseFloat(getComputedStyle(this).getPropertyValue(name));
  }

  #tileOf(photoId: string): HTMLElement | null {
    return this.querySelector(`[data-photo="${CSS.escape(photoId)}"]`);
  }

  #indexOf(photoId: string): number {
    return this.state?.photos.findIndex(({ photo_id }) => photo_id === photoId) ?? -1;
  }

  #scrolled = (): void => {
    const top = -this.getBoundingClientRect().top;
    if (Math.abs(top - this.#renderedTop) > SCROLL_STEP * innerHeight) this.requestUpdate();
  };

  #resized = (): void => {
    this.requestUpdate();
  };

  #focusEntered = (event: FocusEvent): void => {
    this.#focusedId = (event.target as HTMLElement).dataset.photo ?? null;
  };

  #keyPressed = (event: KeyboardEvent): void => {
    const { photo: photoId } = (event.target as HTMLElement).dataset;
    const direction = DIRECTIONS[event.key];
    if (photoId === undefined || direction === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    const next = this.state?.photos[neighbor(this.#layout, this.#indexOf(photoId), direction)];
    if (next !== undefined) void this.focusPhoto(next.photo_id);
  };
}

function toPixels(length: number): string {
  return `${length.toFixed(2)}px`;
}

/** Shows a loaded image over its placeholder. */
function imageLoaded(event: Event): void {
  (event.target as HTMLImageElement).dataset.loaded = "";
}
