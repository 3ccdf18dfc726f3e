/**
 * The photos: a grid, newest first, that goes on by itself or by a button; and what to say when there is none.
 */
import { html, nothing, type TemplateResult } from "lit";

import { HttpError } from "../core/errors.ts";
import { lazyImport } from "../core/lazy-import.ts";
import { browserNetwork } from "../core/network-status.ts";
import { explain, explainLoadError, strings } from "../i18n/common.ts";
import { formatTag } from "../i18n/format.ts";
import type { FeedStatus } from "../state/feed.ts";
import type { Photo } from "../state/photo.ts";
import { prependProcessing } from "../state/processing-photos.ts";
import { isFiltered, type View } from "../state/view.ts";
import { customProperties } from "./custom-properties.ts";
import { emptyIllustration } from "./empty-state.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";
import type { PhotoGrid } from "./photo-grid.ts";
import type { RejectedList } from "./rejected-list.ts";

export interface GalleryState {
  readonly status: FeedStatus;
  readonly photos: readonly Photo[];
  /** Photos that are being processed, to stand before the others. */
  readonly processing: readonly Photo[];
  readonly hasMore: boolean;
  readonly error: unknown;
  readonly view: View;
  readonly signedIn: boolean;
  readonly demo: boolean;
  readonly selected: ReadonlySet<string>;
}

/** Shapes of the tiles that stand for photos not here yet. */
const SKELETON_RATIOS = [1.5, 0.75, 1.33, 1.5, 1, 1.78, 0.67, 1.5, 1.33, 1.5, 0.75, 1.5];

/** The next page is asked for when its place is this near to the window. */
const PREFETCH_MARGIN = "1200px";

const loadRejectedList = lazyImport(() => import("./rejected-list.ts"));

export class PhotoGallery extends PageElement {
  static override properties = { state: { attribute: false } };
  declare state: GalleryState | null;
  /** Where the keyboard was when "Load more" was pressed: the tile to go to if the button goes away. */
  #focusNext: number | null = null;
  /** What the grid was given, and what that was made of: the same photos are the same list. */
  #merged: { photos: readonly Photo[]; processing: readonly Photo[]; all: readonly Photo[] } | null = null;
  readonly #observer = new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.emit("load-more", null);
    },
    { rootMargin: PREFETCH_MARGIN },
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
  focusIndex(place: number): void {
    const photos = this.state?.photos ?? [];
    const photo = photos[Math.min(Math.max(place, 0), photos.length - 1)];
    if (photo === undefined || this.#list?.focusPhoto(photo.photo_id) !== true) this.closest("main")?.focus({ preventScroll: true });
  }

  /** How far the photos have been scrolled, px; negative while what is above them is in sight. */
  get scrollDepth(): number {
    return -this.getBoundingClientRect().top;
  }

  /** Scrolls as far as they had been before. */
  async scrollToDepth(depth: number): Promise<void> {
    await this.updateComplete;
    scrollBy(0, depth - this.scrollDepth);
  }

  /** Loads those images again that did not come. */
  retryFailedImages(): void {
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
    if (state === null || (state.status === "loading" && !isSameState(state))) return skeleton();
    if (state.status === "failed") return this.#failed(state.error);
    const photos = this.#mergedPhotos(state);
    if (photos.length === 0 && !state.hasMore) return this.#empty(state);
    const { view, signedIn, selected, status } = state;
    const rejected = view.state === "rejected";
    if (rejected) loadRejectedList().then(({ defineRejectedList }) => { defineRejectedList(); }, () => undefined);
    return html`
      ${rejected
        ? html`<tintype-rejected-list .state=${{ photos, selected }}></tintype-rejected-list>`
        : html`<tintype-photo-grid .state=${{ photos, view, signedIn, selected, busy: status === "loading" }}></tintype-photo-grid>`}
      ${state.hasMore ? this.#more(state) : nothing}
    `;
  }

  protected override updated(): void {
    // An observer tells of changes only: watching anew makes it look whether the next page is needed at once.
    this.#observer.disconnect();
    const end = this.querySelector(".load-more");
    if (end !== null && this.state?.status === "ready") this.#observer.observe(end);
    if (this.#focusNext !== null && this.state?.status === "ready") {
      if (end === null) this.focusIndex(this.#focusNext);
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

  #mergedPhotos({ photos, processing }: GalleryState): readonly Photo[] {
    const shown = this.#merged;
    if (shown?.photos === photos && shown.processing === processing) return shown.all;
    const all = prependProcessing(photos, processing);
    this.#merged = { photos, processing, all };
    return all;
  }

  #more({ status, error }: GalleryState): TemplateResult {
    return html`<div class="load-more">
      ${status === "stalled" ? html`<p role="alert">${strings.loadMoreFailed} ${explain(error)}</p>` : nothing}
      <button class="button" type="button" aria-disabled=${status === "extending" ? "true" : "false"} @click=${this.#loadMore}>
        ${status === "extending" ? strings.loading : status === "stalled" ? strings.tryAgain : strings.loadMore}
      </button>
    </div>`;
  }

  #failed(problem: unknown): TemplateResult {
    return html`<div class="empty" role="alert">
      ${emptyIllustration}
      <p>${explainLoadError(problem, browserNetwork)}</p>
      ${problem instanceof HttpError && problem.status === 400
        ? html`<button class="button" type="button" @click=${this.#showAll}>${strings.allPhotos}</button>`
        : html`<button class="button primary" type="button" @click=${this.#retry}>${icons.retry}${strings.tryAgain}</button>`}
    </div>`;
  }

  #empty({ view, signedIn, demo }: GalleryState): TemplateResult {
    if (isFiltered(view)) {
      const [title, hint] = emptyResult(view);
      return html`<div class="empty">
        ${emptyIllustration}
        <h2>${title}</h2>
        <p>${hint}</p>
        <button class="button" type="button" @click=${this.#showAll}>${strings.allPhotos}</button>
      </div>`;
    }
    if (view.scope === "mine") {
      return html`<div class="empty">
        ${emptyIllustration}
        <h2>${strings.emptyLibrary}</h2>
        <p>${strings.emptyLibraryHint}</p>
        <button class="button primary" type="button" @click=${this.#chooseFiles}>${icons.picture}${strings.choosePhotos}</button>
      </div>`;
    }
    return html`<div class="empty">
      ${emptyIllustration}
      <h2>${strings.emptyGallery}</h2>
      <p>${signedIn ? strings.emptyGallerySignedIn : strings.emptyGallerySignedOut}</p>
      ${signedIn
        ? nothing
        : html`${demo ? html`<p>${strings.demoHint}</p>` : nothing}
            <button class="button primary" type="button" @click=${this.#signIn}>${strings.signIn}</button>`}
    </div>`;
  }

  #loadMore = (): void => {
    if (this.state?.status === "extending") return;
    this.#focusNext = this.state?.photos.length ?? null;
    this.emit("load-more", null);
  };

  #retry = (): void => {
    this.emit("retry-load", null);
  };

  #showAll = (): void => {
    this.emit("show-all", null);
  };

  #chooseFiles = (): void => {
    this.emit("choose-files", "files");
  };

  #signIn = (): void => {
    this.emit("sign-in", null);
  };
}

/** Whether the photos at hand may stand until those of the view are here: those in another state are others. */
function isSameState({ photos: [first], view }: GalleryState): boolean {
  return first?.state === view.state;
}

/** Why a narrowed view shows nothing, and what to do about it. */
function emptyResult({ state, tags: [tag, ...others], excluded, match }: View): [title: string, hint: string] {
  if (state === "trashed") return [strings.emptyTrash, strings.emptyTrashHint];
  if (state === "rejected") return [strings.noRejected, strings.noRejectedHint];
  if (tag === undefined) return [strings.emptyDates, strings.emptyDatesHint];
  if (others.length + excluded.length > 0) return [strings.emptySearch[match], strings.emptySearchHint[match]];
  return [strings.emptyTag(formatTag(tag)), strings.emptyTagHint];
}

function skeleton(): TemplateResult {
  return html`
    <p class="visually-hidden">${strings.loadingPhotos}</p>
    <ul class="skeleton" aria-hidden="true">
      ${SKELETON_RATIOS.map((ratio) => html`<li ${customProperties({ "--ratio": String(ratio) })}></li>`)}
    </ul>
  `;
}
