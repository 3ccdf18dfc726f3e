/**
 * The photos: a justified grid, newest first, that goes on by itself or by a button; and what to say when there is none.
 */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { wallClock } from "../clock.ts";
import type { FeedStatus } from "../feed.ts";
import { describe, type Photo, tileRatio } from "../photo.ts";
import { placeholderImage } from "../placeholder.ts";
import { LongPress } from "../press.ts";
import { explain, strings, tagInWords } from "../strings.ts";
import { isNarrowed, type View } from "../view.ts";
import { customProperties } from "./custom-properties.ts";
import { PageElement } from "./element.ts";
import { emptyPlate } from "./plate.ts";
import { icons } from "./icons.ts";
import { rejects } from "./rejects.ts";

export interface GalleryState {
  readonly status: FeedStatus;
  readonly photos: readonly Photo[];
  readonly hasMore: boolean;
  readonly problem: unknown;
  readonly view: View;
  readonly signedIn: boolean;
  readonly demo: boolean;
  readonly chosen: ReadonlySet<string>;
}

/** Shapes of the tiles that stand for photos not here yet. */
const SKELETON = [1.5, 0.75, 1.33, 1.5, 1, 1.78, 0.67, 1.5, 1.33, 1.5, 0.75, 1.5];

/** Tiles at the top of the page, whose images need not wait to be scrolled to. */
const EAGER = 8;

/** The next page is asked for when its place is this near to the window. */
const AHEAD = "1200px";

export class Gallery extends PageElement {
  static override properties = { state: { attribute: false } };
  declare state: GalleryState | null;
  /** Where the keyboard was when "Load more" was pressed: the tile to go to if the button goes away. */
  #focusNext: number | null = null;
  readonly #press = new LongPress(wallClock);
  readonly #observer = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.emit("more", null);
    },
    { rootMargin: AHEAD },
  );

  constructor() {
    super();
    this.state = null;
  }

  /** The image in a photo's tile, or null while the photo is not in the grid. */
  imageOf(photoId: string): HTMLImageElement | null {
    return this.#tile(photoId)?.querySelector("img") ?? null;
  }

  /** Brings a photo's tile into sight and the keyboard to it. */
  focusPhoto(photoId: string): void {
    const tile = this.#tile(photoId);
    tile?.scrollIntoView({ block: "nearest" });
    tile?.focus({ preventScroll: true });
  }

  /** Brings the keyboard to the tile at this place, or the last one before it; to the page where there is none. */
  focusPlace(place: number): void {
    const tiles = [...this.querySelectorAll<HTMLElement>(".tile")];
    (tiles[Math.min(Math.max(place, 0), tiles.length - 1)] ?? this.closest("main"))?.focus({ preventScroll: true });
  }

  /** Loads those images again that did not come. */
  reloadImages(): void {
    for (const image of this.querySelectorAll<HTMLImageElement>("img[data-failed]")) {
      delete image.dataset.failed;
      image.setAttribute("src", image.src);
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer.disconnect();
  }

  protected override render(): TemplateResult {
    const state = this.state;
    if (state === null || (state.status === "loading" && !isLike(state))) return skeleton();
    if (state.status === "failed") return this.#failed(state.problem);
    if (state.photos.length === 0 && !state.hasMore) return this.#empty(state);
    if (state.view.state === "rejected") return html`${rejects(state.photos)} ${state.hasMore ? this.#more(state) : nothing}`;
    return html`
      <ul class="grid ${state.chosen.size > 0 ? "choosing" : ""}" role="list" aria-busy=${state.status === "loading" ? "true" : "false"}>
        ${repeat(
          state.photos,
          (photo) => photo.photo_id,
          (photo, place) => this.#item(photo, place, state),
        )}
      </ul>
      ${state.hasMore ? this.#more(state) : nothing}
    `;
  }

  protected override updated(): void {
    // An observer tells of changes only: watching anew makes it look whether the next page is needed at once.
    this.#observer.disconnect();
    const end = this.querySelector(".more");
    if (end !== null && this.state?.status === "ready") this.#observer.observe(end);
    if (this.#focusNext !== null && this.state?.status === "ready") {
      if (end === null) this.querySelectorAll<HTMLElement>(".tile, .reject a")[this.#focusNext]?.focus();
      this.#focusNext = null;
    }
  }

  #tile(photoId: string): HTMLElement | null {
    return this.querySelector(`[data-photo="${CSS.escape(photoId)}"]`);
  }

  #item(photo: Photo, place: number, { view, signedIn, chosen }: GalleryState): TemplateResult {
    const pickable = signedIn && photo.mine;
    const isChosen = chosen.has(photo.photo_id);
    const choosing = pickable && chosen.size > 0;
    const pick = (event: MouseEvent) => {
      if (!this.#press.swallows()) this.emit("pick", { photoId: photo.photo_id, range: event.shiftKey });
    };
    const own = signedIn && view.scope === "mine";
    const shape = customProperties({
      "--ratio": tileRatio(photo).toFixed(4),
      "--placeholder": placeholderImage(photo.placeholder),
    });
    return html`<li
      class=${isChosen ? "chosen" : nothing}
      ${shape}
      @pointerdown=${pickable ? this.#pressed(photo) : nothing}
      @pointermove=${pickable ? this.#strayed : nothing}
      @pointerup=${this.#lifted}
      @pointercancel=${this.#lifted}
      @contextmenu=${pickable ? withoutTouch : nothing}
    >
      <button
        class="tile"
        type="button"
        data-photo=${photo.photo_id}
        aria-pressed=${choosing ? String(isChosen) : nothing}
        @click=${(event: MouseEvent) => {
          if (choosing || (pickable && photo.image_url === null)) pick(event);
          else if (!this.#press.swallows()) this.emit("open", photo.photo_id);
        }}
      >
        ${photo.image_url === null ? html`<span class="tile-name">${icons.file}${photo.filename}</span>` : this.#image(photo, place)}
        ${own && photo.status === "public"
          ? html`<span class="badge" title=${strings.isPublic}
              >${icons.globe}<span class="unseen">${strings.isPublic}</span></span
            >`
          : nothing}
      </button>
      ${pickable
        ? html`<button
            class="pick"
            type="button"
            role="checkbox"
            aria-checked=${isChosen ? "true" : "false"}
            aria-label=${strings.selectPhoto(describe(photo))}
            @click=${pick}
          >
            <span>${icons.check}</span>
          </button>`
        : nothing}
    </li>`;
  }

  #image(photo: Photo, place: number): TemplateResult {
    return html`<img
          src=${photo.image_url ?? nothing}
          alt=${describe(photo)}
          loading=${place < EAGER ? "eager" : "lazy"}
          decoding="async"
          @load=${shown}
          @error=${(event: Event) => {
            (event.target as HTMLImageElement).dataset.failed = "";
            this.emit("stale", photo.photo_id);
          }}
        />`;
  }

  /** A finger that rests on a photo chooses it; a mouse has the circle. */
  #pressed(photo: Photo): (event: PointerEvent) => void {
    return ({ pointerType, clientX, clientY }) => {
      if (pointerType !== "touch") return;
      this.#press.begin(clientX, clientY, () => {
        this.emit("pick", { photoId: photo.photo_id, range: false });
      });
    };
  }

  #strayed = ({ clientX, clientY }: PointerEvent): void => {
    this.#press.move(clientX, clientY);
  };

  #lifted = (): void => {
    this.#press.end();
  };

  #more({ status, problem }: GalleryState): TemplateResult {
    return html`<div class="more">
      ${status === "stalled" ? html`<p role="alert">${strings.moreFailed} ${explain(problem)}</p>` : nothing}
      <button class="button" type="button" aria-disabled=${status === "extending" ? "true" : "false"} @click=${this.#next}>
        ${status === "extending" ? strings.loadingMore : status === "stalled" ? strings.again : strings.more}
      </button>
    </div>`;
  }

  #failed(problem: unknown): TemplateResult {
    return html`<div class="empty" role="alert">
      ${emptyPlate}
      <p>${explain(problem)}</p>
      <button class="button primary" type="button" @click=${this.#again}>${icons.retry}${strings.again}</button>
    </div>`;
  }

  #empty({ view, signedIn, demo }: GalleryState): TemplateResult {
    if (isNarrowed(view)) {
      const [title, hint] = nothingFound(view);
      return html`<div class="empty">
        ${emptyPlate}
        <h2>${title}</h2>
        <p>${hint}</p>
        <button class="button" type="button" @click=${this.#all}>${strings.allPhotos}</button>
      </div>`;
    }
    if (view.scope === "mine") {
      return html`<div class="empty">
        ${emptyPlate}
        <h2>${strings.emptyMine}</h2>
        <p>${strings.emptyMineHint}</p>
        <button class="button primary" type="button" @click=${this.#add}>${icons.picture}${strings.choose}</button>
      </div>`;
    }
    return html`<div class="empty">
      ${emptyPlate}
      <h2>${strings.emptyPublic}</h2>
      <p>${signedIn ? strings.emptyPublicSignedIn : strings.emptyPublicSignedOut}</p>
      ${signedIn
        ? nothing
        : html`${demo ? html`<p>${strings.demoHint}</p>` : nothing}
            <button class="button primary" type="button" @click=${this.#signIn}>${strings.signIn}</button>`}
    </div>`;
  }

  #next = (): void => {
    if (this.state?.status === "extending") return;
    this.#focusNext = this.state?.photos.length ?? null;
    this.emit("more", null);
  };

  #again = (): void => {
    this.emit("again", null);
  };

  #all = (): void => {
    this.emit("all", null);
  };

  #add = (): void => {
    this.emit("add", null);
  };

  #signIn = (): void => {
    this.emit("sign-in", null);
  };
}

/** Whether the photos at hand may stand until those of the view are here: those in another state are others. */
function isLike({ photos: [first], view }: GalleryState): boolean {
  return first?.state === view.state;
}

/** Why a narrowed view shows nothing, and what to do about it. */
function nothingFound({ state, tags: [tag, ...others], without }: View): [title: string, hint: string] {
  if (state === "trashed") return [strings.emptyTrash, strings.emptyTrashHint];
  if (state === "rejected") return [strings.emptyAttention, strings.emptyAttentionHint];
  if (tag === undefined) return [strings.emptyDates, strings.emptyDatesHint];
  if (others.length + without.length > 0) return [strings.emptySearch, strings.emptySearchHint];
  return [strings.emptyTag(tagInWords(tag)), strings.emptyTagHint];
}

/** A resting finger opens no menu: it chooses. */
function withoutTouch(event: Event): void {
  if ((event as PointerEvent).pointerType === "touch") event.preventDefault();
}

/** A photo has arrived: it may be seen over its placeholder. */
function shown(event: Event): void {
  const image = event.target as HTMLImageElement;
  delete image.dataset.failed;
  image.dataset.loaded = "";
}

function skeleton(): TemplateResult {
  return html`
    <p class="unseen">${strings.loading}</p>
    <ul class="grid skeleton" aria-hidden="true">
      ${SKELETON.map((ratio) => html`<li ${customProperties({ "--ratio": String(ratio) })}></li>`)}
    </ul>
  `;
}
