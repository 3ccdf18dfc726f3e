/**
 * One photo in the grid: a link that opens it, and a checkbox that selects it.
 */
import { html, nothing, type TemplateResult } from "lit";

import { placeholderImage } from "../core/thumbhash.ts";
import { strings } from "../i18n/common.ts";
import type { Box } from "../state/justified-layout.ts";
import { coverWidth, altText, type Photo, tileSrcset, type Visibility } from "../state/photo.ts";
import { customProperties } from "./custom-properties.ts";
import { icons } from "./icons.ts";
import { preventTouchMenu, type TouchSelection } from "./touch-selection.ts";

export interface TileState {
  readonly box: Box;
  /** The URL of the photo in the current view. */
  readonly href: string;
  /** Position in its list and size of the list, of which only a part is in the document. */
  readonly position: number;
  readonly setSize: number;
  /** Whether the image loads before it is scrolled to. */
  readonly eager: boolean;
  readonly highPriority: boolean;
  /** Whether the thumbhash is displayed until the image has loaded. */
  readonly showPlaceholder: boolean;
  readonly selectable: boolean;
  readonly selected: boolean;
  /** Whether a click selects the photo instead of opening it. */
  readonly selecting: boolean;
  /** The visibility to show, or null. */
  readonly badge: Visibility | null;
  /** The name of the guest who added the photo, to show it; or null. */
  readonly addedBy: string | null;
  /** How many days the photo stays in the trash, or null. */
  readonly daysLeft: number | null;
}

export interface TileHandlers {
  readonly touch: TouchSelection;
  readonly select: (range: boolean) => void;
  readonly open: () => void;
  readonly imageFailed: (event: Event) => void;
}

export function renderTile(photo: Photo, state: TileState, handlers: TileHandlers): TemplateResult {
  const { box, selectable, selected, selecting } = state;
  const { touch } = handlers;
  const processing = photo.state === "processing";
  const select = (event: MouseEvent) => {
    if (!touch.consumeClick()) handlers.select(event.shiftKey);
  };
  const selects = selecting || (selectable && photo.image_url === null);
  const clicked = (event: MouseEvent) => {
    if (!selects && opensElsewhere(event)) return;
    event.preventDefault();
    if (selects) select(event);
    else if (!touch.consumeClick() && !processing) handlers.open();
  };
  const pointerDown = (event: PointerEvent) => {
    touch.pointerDown(event, () => {
      handlers.select(false);
    });
  };
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
    @pointerdown=${selectable ? pointerDown : nothing}
    @pointermove=${selectable ? touch.pointerMoved : nothing}
    @pointerup=${touch.pointerUp}
    @pointercancel=${touch.pointerUp}
    @touchend=${selectable ? touch.touchEnded : nothing}
    @contextmenu=${selectable ? preventTouchMenu : nothing}
  >
    <a
      class="tile"
      href=${processing ? nothing : state.href}
      role=${processing ? "link" : selects ? "button" : nothing}
      tabindex=${processing ? "0" : nothing}
      draggable="false"
      data-photo=${photo.photo_id}
      aria-pressed=${selecting ? String(selected) : nothing}
      aria-disabled=${processing ? "true" : nothing}
      @click=${clicked}
    >
      ${photo.image_url === null ? html`<span class="tile-name">${icons.file}${photo.filename}</span>` : image(photo, state, handlers)}
      ${photo.favorite === true ? html`<span class="favorite-mark">${icons.heart}<span class="visually-hidden">${strings.favorite}</span></span>` : nothing}
      ${state.addedBy === null ? nothing : html`<span class="guest-badge">${state.addedBy}</span>`}
      ${state.daysLeft === null ? nothing : daysLeft(state.daysLeft)}
      ${processing ? html`<span class="processing-badge">${strings.processing}</span>` : badge(state.badge)}
    </a>
    ${
      selectable
        ? html`<button
          class="tile-checkbox"
          type="button"
          role="checkbox"
          aria-checked=${selected ? "true" : "false"}
          aria-label=${strings.selectPhoto(altText(photo))}
          @click=${select}
        >
          <span>${icons.check}</span>
        </button>`
        : nothing
    }
  </li>`;
}

/** Whether the browser opens a link in another tab or window. */
function opensElsewhere({ ctrlKey, metaKey, shiftKey }: MouseEvent): boolean {
  return ctrlKey || metaKey || shiftKey;
}

/** Renders how long the photo stays in the trash; narrow tiles have room for the days only. */
function daysLeft(days: number): TemplateResult {
  return html`<span class="days-left">
    <span aria-hidden="true">${strings.days(days)}</span><span class="visually-hidden">${strings.daysLeft(days)}</span>
  </span>`;
}

function badge(status: Visibility | null): TemplateResult | typeof nothing {
  if (status === null) return nothing;
  const [icon, label] = status === "public" ? [icons.globe, strings.public] : [icons.lock, strings.private];
  return html`<span class="badge ${status}" title=${label}>${icon}<span class="visually-hidden">${label}</span></span>`;
}

/** Renders the image; `loading`, `sizes` and `srcset` come before `src`, which starts the download. */
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

/** Shows a loaded image over its placeholder. */
function imageLoaded(event: Event): void {
  const image = event.target as HTMLImageElement;
  delete image.dataset.failed;
  image.dataset.loaded = "";
}
