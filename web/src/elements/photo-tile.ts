/**
 * One photo in the grid: the button that opens it, and the circle that chooses it.
 */
import { html, nothing, type TemplateResult } from "lit";

import { placeholderImage } from "../core/thumbhash.ts";
import { strings } from "../i18n/common.ts";
import type { Box } from "../state/justified-layout.ts";
import { coverWidth, altText, type Photo, tileSrcset, type Visibility } from "../state/photo.ts";
import { customProperties } from "./custom-properties.ts";
import { icons } from "./icons.ts";

export interface TileState {
  readonly box: Box;
  /** Its place in its list and how many that has: not all of them are in the document. */
  readonly position: number;
  readonly setSize: number;
  /** Whether its image need not wait to be scrolled to, and whether it goes before all others. */
  readonly eager: boolean;
  /** Whether its thumbhash stands there until the image comes. */
  readonly showPlaceholder: boolean;
  readonly highPriority: boolean;
  /** Whether it can be chosen, whether it is, and whether pressing it chooses instead of opening. */
  readonly selectable: boolean;
  readonly selected: boolean;
  readonly selecting: boolean;
  /** Who sees it, where that is to be told. */
  readonly badge: Visibility | null;
}

export interface TileHandlers {
  readonly pointerDown: (event: PointerEvent) => void;
  readonly pointerMoved: (event: PointerEvent) => void;
  readonly pointerUp: () => void;
  /** A touch has ended, and may be a press of whatever has come up under it. */
  readonly touchEnded: (event: TouchEvent) => void;
  readonly select: (event: MouseEvent) => void;
  readonly open: (event: MouseEvent) => void;
  readonly imageFailed: (event: Event) => void;
}

export function renderTile(photo: Photo, state: TileState, handlers: TileHandlers): TemplateResult {
  const { box, selectable, selected, selecting } = state;
  const processing = photo.state === "processing";
  const shape = customProperties({
    "--left": toPixels(box.left),
    "--top": toPixels(box.top),
    "--width": toPixels(box.width),
    "--height": toPixels(box.height),
    "--placeholder": state.showPlaceholder ? placeholderImage(photo.placeholder) : "none",
  });
  return html`<li
    class=${selected ? "selected" : processing ? "processing" : nothing}
    aria-posinset=${state.position}
    aria-setsize=${state.setSize}
    ${shape}
    @pointerdown=${selectable ? handlers.pointerDown : nothing}
    @pointermove=${selectable ? handlers.pointerMoved : nothing}
    @pointerup=${handlers.pointerUp}
    @pointercancel=${handlers.pointerUp}
    @touchend=${selectable ? handlers.touchEnded : nothing}
    @contextmenu=${selectable ? preventTouchMenu : nothing}
  >
    <button
      class="tile"
      type="button"
      data-photo=${photo.photo_id}
      aria-pressed=${selecting ? String(selected) : nothing}
      aria-disabled=${processing ? "true" : nothing}
      @click=${processing ? nothing : selecting || (selectable && photo.image_url === null) ? handlers.select : handlers.open}
    >
      ${photo.image_url === null ? html`<span class="tile-name">${icons.file}${photo.filename}</span>` : image(photo, state, handlers)}
      ${processing ? html`<span class="processing-badge">${strings.processing}</span>` : badge(state.badge)}
    </button>
    ${selectable
      ? html`<button
          class="tile-checkbox"
          type="button"
          role="checkbox"
          aria-checked=${selected ? "true" : "false"}
          aria-label=${strings.selectPhoto(altText(photo))}
          @click=${handlers.select}
        >
          <span>${icons.check}</span>
        </button>`
      : nothing}
  </li>`;
}

function badge(status: Visibility | null): TemplateResult | typeof nothing {
  if (status === null) return nothing;
  const [icon, words] = status === "public" ? [icons.globe, strings.public] : [icons.lock, strings.private];
  return html`<span class="badge ${status}" title=${words}>${icon}<span class="visually-hidden">${words}</span></span>`;
}

/** What tells how to load it stands before what starts that. */
function image(photo: Photo, { box, eager, highPriority }: TileState, { imageFailed }: TileHandlers): TemplateResult {
  const sources = tileSrcset(photo);
  return html`<img
    alt=${altText(photo)}
    loading=${eager ? "eager" : "lazy"}
    fetchpriority=${highPriority ? "high" : nothing}
    decoding="async"
    sizes=${sources === null ? nothing : `${coverWidth(photo, box)}px`}
    srcset=${sources ?? nothing}
    src=${photo.image_url ?? nothing}
    @load=${imageLoaded}
    @error=${imageFailed}
  />`;
}

function toPixels(length: number): string {
  return `${length.toFixed(2)}px`;
}

/** A resting finger opens no menu: it chooses. */
function preventTouchMenu(event: Event): void {
  if ((event as PointerEvent).pointerType === "touch") event.preventDefault();
}

/** A photo has arrived: it may be seen over its placeholder. */
function imageLoaded(event: Event): void {
  const image = event.target as HTMLImageElement;
  delete image.dataset.failed;
  image.dataset.loaded = "";
}
