/**
 * The photos: a grid, newest first, that goes on by itself or by a button; and what to say when there is none.
 */
import { html, nothing, type TemplateResult } from "lit";

import { Refused } from "../core/errors.ts";
import { part } from "../core/lazy-import.ts";
import { browserConnection } from "../core/network-status.ts";
import { explain, explainMissing, strings, tagInWords } from "../i18n/common.ts";
import type { FeedStatus } from "../state/feed.ts";
import type { Photo } from "../state/photo.ts";
import { before } from "../state/processing-photos.ts";
import { isNarrowed, type View } from "../state/view.ts";
import { customProperties } from "./custom-properties.ts";
import { emptyPlate } from "./empty-state.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import type { PhotoGrid } from "./photo-grid.ts";
import type { RejectedList } from "./rejected-list.ts";

export interface GalleryState {
  readonly status: FeedStatus;
  readonly photos: readonly Photo[];
  /** Photos that are being processed, to stand before the others. */
  readonly underway: readonly Photo[];
  readonly hasMore: boolean;
  readonly problem: unknown;
  readonly view: View;
  readonly signedIn: boolean;
  readonly demo: boolean;
  readonly chosen: ReadonlySet<string>;
}

/** Shapes of the tiles that stand for photos not here yet. */
const SKELETON = [1.5, 0.75, 1.33, 1.5, 1, 1.78, 0.67, 1.5, 1.33, 1.5, 0.75, 1.5];

/** The next page is asked for when its place is this near to the window. */
const AHEAD = "1200px";

const loadRejects = part(() => import("./rejected-list.ts"));

export class PhotoGallery extends PageElement {
  static override properties = { state: { attribute: false } };
  declare state: GalleryState | null;
  /** Where the keyboard was when "Load more" was pressed: the tile to go to if the button goes away. */
  #focusNext: number | null = null;
  /** What the grid was given, and what that was made of: the same photos are the same list. */
  #shown: { photos: readonly Photo[]; underway: readonly Photo[]; all: readonly Photo[] } | null = null;
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

  /** The image in a photo's tile, or null while the photo is not in the document. */
  imageOf(photoId: string): HTMLImageElement | null {
    return this.#list?.tileOf(photoId)?.querySelector("img") ?? null;
  }

  /** Brings a photo's tile into sight and the keyboard to it. */
  focusPhoto(photoId: string): void {
    this.#list?.focusPhoto(photoId);
  }

  /** Brings the keyboard to the tile at this place, or the last one before it; to the page where there is none. */
  focusPlace(place: number): void {
    const photos = this.state?.photos ?? [];
    const photo = photos[Math.min(Math.max(place, 0), photos.length - 1)];
    if (photo === undefined || this.#list?.focusPhoto(photo.photo_id) !== true) this.closest("main")?.focus({ preventScroll: true });
  }

  /** How far the photos have been scrolled, px; negative while what is above them is in sight. */
  get depth(): number {
    return -this.getBoundingClientRect().top;
  }

  /** Scrolls as far as they had been before. */
  async goTo(depth: number): Promise<void> {
    await this.updateComplete;
    scrollBy(0, depth - this.depth);
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
    const photos = this.#photos(state);
    if (photos.length === 0 && !state.hasMore) return this.#empty(state);
    const { view, signedIn, chosen, status } = state;
    const rejected = view.state === "rejected";
    if (rejected) loadRejects().then(({ defineRejects }) => { defineRejects(); }, () => undefined);
    return html`
      ${rejected
        ? html`<tintype-rejected-list .state=${{ photos, chosen }}></tintype-rejected-list>`
        : html`<tintype-photo-grid .state=${{ photos, view, signedIn, chosen, busy: status === "loading" }}></tintype-photo-grid>`}
      ${state.hasMore ? this.#more(state) : nothing}
    `;
  }

  protected override updated(): void {
    // An observer tells of changes only: watching anew makes it look whether the next page is needed at once.
    this.#observer.disconnect();
    const end = this.querySelector(".more");
    if (end !== null && this.state?.status === "ready") this.#observer.observe(end);
    if (this.#focusNext !== null && this.state?.status === "ready") {
      if (end === null) this.focusPlace(this.#focusNext);
      this.#focusNext = null;
    }
  }

  protected override async getUpdateComplete(): Promise<boolean> {
    const complete = await super.getUpdateComplete();
    await this.#list?.updateComplete;
    return complete;
  }

  get #list(): PhotoGrid | RejectedList | null {
    return this.querySelector<PhotoGrid | RejectedList>("tintype-photo-grid, tintype-rejected-list");
  }

  #photos({ photos, underway }: GalleryState): readonly Photo[] {
    const shown = this.#shown;
    if (shown?.photos === photos && shown.underway === underway) return shown.all;
    const all = before(photos, underway);
    this.#shown = { photos, underway, all };
    return all;
  }

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
      <p>${explainMissing(problem, browserConnection)}</p>
      ${problem instanceof Refused && problem.status === 400
        ? html`<button class="button" type="button" @click=${this.#all}>${strings.allPhotos}</button>`
        : html`<button class="button primary" type="button" @click=${this.#again}>${icons.retry}${strings.again}</button>`}
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
    this.emit("add", "files");
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

function skeleton(): TemplateResult {
  return html`
    <p class="unseen">${strings.loading}</p>
    <ul class="skeleton" aria-hidden="true">
      ${SKELETON.map((ratio) => html`<li ${customProperties({ "--ratio": String(ratio) })}></li>`)}
    </ul>
  `;
}
