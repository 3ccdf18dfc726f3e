/**
 * The gallery: the photos of a view, further pages as they are needed, and what to show if there are none.
 */
import { html, nothing, type TemplateResult } from "lit";

import { HttpError } from "../core/errors.ts";
import { lazyImport } from "../core/lazy-import.ts";
import { browserNetwork } from "../core/network-status.ts";
import { explain, explainLoadError, strings } from "../i18n/common.ts";
import { formatTag } from "../i18n/format.ts";
import { acceptsPhotos, type Album } from "../state/albums.ts";
import { type Chip, chipKey, removeChip, type Unmatched, unmatchedChips, viewChips } from "../state/chips.ts";
import type { FeedStatus, NewerStatus } from "../state/feed.ts";
import type { Photo } from "../state/photo.ts";
import { prependProcessing } from "../state/processing-photos.ts";
import { addressOf, addressQuery } from "../state/page-address.ts";
import { isFiltered, isTagSearch, type View } from "../state/view.ts";
import { describeChip, describeChips } from "./chip-label.ts";
import { customProperties } from "./custom-properties.ts";
import { emptyIllustration } from "./empty-state.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { PageElement } from "./page-element.ts";
import type { PhotoGrid } from "./photo-grid.ts";
import type { RejectedList } from "./rejected-list.ts";

export interface GalleryState {
  readonly status: FeedStatus;
  readonly photos: readonly Photo[];
  /** Photos that are being processed, listed before the others. */
  readonly processing: readonly Photo[];
  readonly hasMore: boolean;
  /** Whether there are newer photos above the first one, as after going to a month. */
  readonly newer: NewerStatus;
  readonly error: unknown;
  readonly view: View;
  readonly signedIn: boolean;
  readonly demo: boolean;
  readonly selected: ReadonlySet<string>;
  /** The filters that nothing matches, if the search found nothing. */
  readonly unmatched: readonly Unmatched[];
  /** The public view that has photos although this one is empty, or null. */
  readonly publicMatches: View | null;
  /** The album in view; null if there is none, or before it is loaded. */
  readonly album: Album | null;
  /** Whether the album in view is being loaded, which knows the order. */
  readonly albumPending: boolean;
  /** Whether files are being uploaded, whose photos appear when that is done. */
  readonly uploading: boolean;
  /** Whether photos that were sent before wait to be processed. */
  readonly sent: boolean;
}

/** Aspect ratios of the placeholder tiles. */
const SKELETON_RATIOS = [1.5, 0.75, 1.33, 1.5, 1, 1.78, 0.67, 1.5, 1.33, 1.5, 0.75, 1.5];

/** Distance from the viewport at which the next page is loaded. */
const PREFETCH_MARGIN = "1200px";

const loadRejectedList = lazyImport(() => import("./rejected-list.ts"));

export class PhotoGallery extends PageElement {
  static override properties = { state: { attribute: false } };
  declare state: GalleryState | null;
  /** The index of the photo to focus if "Load more" disappears after it was pressed. */
  #focusNext: number | null = null;
  /** The merged list and its inputs: the same inputs give the same list. */
  #merged: { photos: readonly Photo[]; processing: readonly Photo[]; all: readonly Photo[] } | null = null;
  readonly #observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) this.emit(target.matches(".newer-end") ? "load-newer" : "load-more", null);
      }
    },
    { rootMargin: PREFETCH_MARGIN },
  );

  constructor() {
    super();
    this.state = null;
  }

  /** Returns the image of a photo's tile, or null if it is not in the document. */
  imageOf(photoId: string): HTMLImageElement | null {
    return this.#list?.tileOf(photoId)?.querySelector("img") ?? null;
  }

  /** The photos of the row at the top of the window, below the header; at the end of the page, also those after it. */
  get photosAtTop(): readonly Photo[] {
    const list = this.#list;
    return list !== null && "photosAtTop" in list ? list.photosAtTop : [];
  }

  focusPhoto(photoId: string): void {
    this.#list?.focusPhoto(photoId);
  }

  /** Focuses the photo at an index, or the last one; the page if there is none. */
  focusIndex(index: number): void {
    const photos = this.state?.photos ?? [];
    const photo = photos[Math.min(Math.max(index, 0), photos.length - 1)];
    if (photo === undefined || this.#list?.focusPhoto(photo.photo_id) !== true) this.closest("main")?.focus({ preventScroll: true });
  }

  /** Scroll position relative to the first photo, px; negative above it. */
  get scrollDepth(): number {
    return -this.getBoundingClientRect().top;
  }

  /** Restores a scroll position. */
  async scrollToDepth(depth: number): Promise<void> {
    await this.updateComplete;
    scrollBy(0, depth - this.scrollDepth);
  }

  /** Scrolls so that the photos begin right below the header. */
  async scrollToFirst(): Promise<void> {
    await this.scrollToDepth(-parseFloat(getComputedStyle(this).getPropertyValue("--header-height")));
  }

  /** Loads failed images again. */
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
    if (state === null || state.albumPending || (state.status === "loading" && !isSameState(state))) return skeleton();
    if (state.status === "failed") return this.#failed(state.error);
    const photos = this.#mergedPhotos(state);
    if (photos.length === 0 && !state.hasMore) return this.#empty(state);
    const { view, signedIn, selected, status } = state;
    const byDay = isByDay(view, state.album);
    const [rejected, hasNewer] = [view.state === "rejected", state.newer !== "none"];
    if (rejected)
      loadRejectedList().then(
        ({ defineRejectedList }) => {
          defineRejectedList();
        },
        () => undefined,
      );
    return html`
      ${state.newer === "none" ? nothing : this.#newer(state.newer)}
      ${
        rejected
          ? html`<tintype-rejected-list .state=${{ photos, selected }}></tintype-rejected-list>`
          : html`<tintype-photo-grid .state=${{ photos, view, byDay, signedIn, selected, hasNewer, busy: status === "loading" }}></tintype-photo-grid>`
      }
      ${state.hasMore ? this.#more(state) : nothing}
    `;
  }

  protected override updated(): void {
    // The observer reports changes only: observing again reports whether the next page is needed now.
    this.#observer.disconnect();
    const [end, newerEnd] = [this.querySelector(".load-more"), this.querySelector(".newer-end")];
    if (end !== null && this.state?.status === "ready") this.#observer.observe(end);
    if (newerEnd !== null && this.state?.newer === "more") this.#observer.observe(newerEnd);
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
    const merged = this.#merged;
    if (merged?.photos === photos && merged.processing === processing) return merged.all;
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

  /** The end of the loaded photos at the top, and the way back to the newest ones, which is always in view. */
  #newer(status: NewerStatus): TemplateResult {
    return html`<div class="newer-end"></div>
      <div class="newest">
        ${
          status === "stalled"
            ? html`<button class="button" type="button" @click=${this.#loadNewer}>${icons.retry}${strings.newerFailed}</button>`
            : nothing
        }
        <button class="button" type="button" @click=${this.#showAll}>${icons.up}${strings.backToNewest}</button>
      </div>`;
  }

  #failed(problem: unknown): TemplateResult {
    return html`<div class="empty" role="alert">
      ${emptyIllustration}
      <p>${problem instanceof HttpError && problem.status === 404 ? strings.missingAlbum : explainLoadError(problem, browserNetwork)}</p>
      ${
        problem instanceof HttpError && (problem.status === 400 || problem.status === 404)
          ? html`<button class="button" type="button" @click=${this.#showAll}>${strings.allPhotos}</button>`
          : html`<button class="button primary" type="button" @click=${this.#retry}>${icons.retry}${strings.tryAgain}</button>`
      }
    </div>`;
  }

  #empty(state: GalleryState): TemplateResult {
    const { view, signedIn, demo } = state;
    if (isFiltered(view)) {
      const unmatched = unmatchedChips(view, state.unmatched);
      const [title, hint] = emptyResult(view, unmatched);
      return html`<div class="empty">
        ${emptyIllustration}
        <h2>${title}</h2>
        <p>${hint}</p>
        <div class="empty-actions">
          ${viewChips(view).length > 1 ? keyedList(unmatched, chipKey, (chip) => this.#removeButton(chip, view)) : nothing}
          <button class="button" type="button" @click=${this.#showAll}>${strings.allPhotos}</button>
        </div>
        ${this.#publicMatches(state)}
      </div>`;
    }
    if ((state.uploading || (state.sent && view.album === null)) && view.scope === "mine") {
      const { addingPhotos, addingPhotosHint, processingPhotos, processingPhotosHint } = strings;
      return html`<div class="empty">
        ${emptyIllustration}
        <h2>${state.uploading ? addingPhotos : processingPhotos}</h2>
        <p>${state.uploading ? addingPhotosHint : processingPhotosHint}</p>
      </div>`;
    }
    if (view.album !== null) return this.#emptyAlbum(view, state.album);
    if (view.scope === "mine") {
      return html`<div class="empty">
        ${emptyIllustration}
        <h2>${strings.emptyLibrary}</h2>
        <p>${strings.emptyLibraryHint}</p>
        <button class="button primary" type="button" @click=${this.#chooseFiles}>${icons.picture}${strings.choosePhotos}</button>
        ${this.#publicMatches(state)}
      </div>`;
    }
    return html`<div class="empty">
      ${emptyIllustration}
      <h2>${strings.emptyGallery}</h2>
      <p>${signedIn ? strings.emptyGallerySignedIn : strings.emptyGallerySignedOut}</p>
      ${
        signedIn
          ? nothing
          : html`${demo ? html`<p>${strings.demoHint}</p>` : nothing}
            <button class="button primary" type="button" @click=${this.#signIn}>${strings.signIn}</button>`
      }
    </div>`;
  }

  #emptyAlbum({ review }: View, album: Album | null): TemplateResult {
    const isOpen = album !== null && acceptsPhotos(album);
    const [title, hint] = review
      ? [strings.emptyReview, strings.emptyReviewHint]
      : [strings.emptyAlbum, isOpen ? strings.emptyAlbumHint : strings.emptySharedAlbumHint];
    return html`<div class="empty">
      ${emptyIllustration}
      <h2>${title}</h2>
      <p>${hint}</p>
      ${
        review || !isOpen
          ? nothing
          : html`<div class="empty-actions">
              <button class="button" type="button" @click=${this.#showAll}>${strings.addFromLibrary}</button>
              <button class="button primary" type="button" @click=${this.#chooseFiles}>${icons.add}${strings.uploadPhotos}</button>
            </div>`
      }
    </div>`;
  }

  #removeButton(chip: Chip, view: View): TemplateResult {
    const remove = () => {
      this.emit("search", removeChip(view, chip));
    };
    return html`<button class="button primary" type="button" @click=${remove}>${strings.removeFilter(describeChip(chip))}</button>`;
  }

  /** Renders the link to the public photos of an empty view. */
  #publicMatches({ publicMatches }: GalleryState): TemplateResult | typeof nothing {
    if (publicMatches === null) return nothing;
    const follow = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.emit("set-scope", "public");
    };
    return html`<p class="public-matches" role="status">
      ${strings.publicMatches} <a href=${addressQuery(addressOf(publicMatches), true)} @click=${follow}>${strings.showPublicMatches}</a>
    </p>`;
  }

  #loadMore = (): void => {
    if (this.state?.status === "extending") return;
    this.#focusNext = this.state?.photos.length ?? null;
    this.emit("load-more", null);
  };

  #loadNewer = (): void => {
    this.emit("load-newer", null);
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

/** Whether photos are grouped by day: not in the trash, nor in the order of their upload, nor ordered by hand. */
function isByDay({ order, state, review }: View, album: Album | null): boolean {
  return state === "ready" && order === "taken" && !review && album?.order !== "manual";
}

/** Whether the current photos may stay until those of the view are loaded: they must have the same state. */
function isSameState({ photos: [first], view }: GalleryState): boolean {
  return first?.state === view.state;
}

/** Says why a filtered view is empty, and what to do about it. */
function emptyResult(view: View, unmatched: readonly Chip[]): readonly [title: string, hint: string] {
  if (view.state === "trashed") return [strings.emptyTrash, strings.emptyTrashHint];
  if (view.state === "rejected") return [strings.noRejected, strings.noRejectedHint];
  const [first, ...others] = viewChips(view);
  if (others.length > 0) {
    if (unmatched.length > 0) return [strings.unmatched(describeChips(unmatched)), strings.unmatchedHint];
    const match = isTagSearch(view) ? view.match : "all";
    return [strings.emptySearch[match], strings.emptySearchHint[match]];
  }
  if (first?.kind === "tag") return [strings.emptyTag(formatTag(first.name)), strings.emptyTagHint];
  if (first?.kind === "dates") return [strings.emptyDates, strings.emptyDatesHint];
  return [first === undefined ? strings.noPhotos : strings.unmatched(describeChip(first)), strings.emptyFilterHint];
}

function skeleton(): TemplateResult {
  return html`
    <p class="visually-hidden">${strings.loadingPhotos}</p>
    <ul class="skeleton" aria-hidden="true">
      ${SKELETON_RATIOS.map((ratio) => html`<li ${customProperties({ "--ratio": String(ratio) })}></li>`)}
    </ul>
  `;
}
