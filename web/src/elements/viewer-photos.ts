/**
 * The photos of the viewer as slides of PhotoSwipe: pages are loaded on both sides, and photos leave and come back.
 *
 * The viewer keeps its own list while it is open, so that new photos in the grid do not move the current one.
 */
import type PhotoSwipe from "photoswipe";

import type { PhotoSequence } from "../state/photo-sequence.ts";
import type { Photo } from "../state/photo.ts";
import { type RemovedPhoto, ViewerList, type ViewPosition } from "../state/viewer-list.ts";
import { type Side, waitForPhotos } from "./viewer-steps.ts";

/** More photos are loaded when fewer than this many follow. */
const PREFETCH_PHOTOS = 4;

export class ViewerPhotos {
  readonly #pswp: PhotoSwipe;
  readonly #sequence: PhotoSequence;
  readonly #list: ViewerList;
  readonly #onCounted: () => void;
  #isLoadingNext = false;
  #isLoadingPrevious = false;
  readonly #onLoaded: (side: Side) => void;

  /** `onCounted` is called when it is known how many photos there are, or where they begin. */
  constructor(pswp: PhotoSwipe, sequence: PhotoSequence, onCounted: () => void) {
    this.#pswp = pswp;
    this.#sequence = sequence;
    this.#list = new ViewerList(sequence.photos);
    this.#onCounted = onCounted;
    pswp.addFilter("numItems", () => this.#list.photos.length);
    pswp.on("change", () => {
      void this.#loadNext();
      void this.#loadPrevious();
    });
    this.#onLoaded = waitForPhotos(
      pswp,
      (index) => this.at(index)?.photo_id,
      (side) => void (side === "next" ? this.#loadNext() : this.#loadPrevious()),
    );
    sequence.fetchTotal().then(
      (total) => {
        this.#list.total = total;
        onCounted();
      },
      () => {
        // The viewer says only where the photo is.
      },
    );
  }

  get current(): Photo | undefined {
    return this.at(this.#pswp.currIndex);
  }

  get position(): ViewPosition | null {
    return this.#list.position(this.#pswp.currIndex, this.#sequence.range());
  }

  at(index: number): Photo | undefined {
    return this.#list.photos[index];
  }

  update(photo: Photo): void {
    this.#list.update(photo);
  }

  /** Goes to a photo; false if it is not in the list. */
  show(photoId: string): boolean {
    const index = this.#list.indexOf(photoId);
    if (index >= 0) this.#pswp.goTo(index);
    return index >= 0;
  }

  /** Goes to a photo, which is added after the current one if it is not in the list. */
  open(photo: Photo): void {
    if (this.show(photo.photo_id)) return;
    const next = this.#pswp.currIndex + 1;
    this.#list.insert(photo, next);
    this.#forget(next);
    this.#pswp.refreshSlideContent(next);
    this.#pswp.goTo(next);
  }

  /** Goes to the next photo, from the last one to the first; does nothing while the next one is not loaded. */
  showNext(): void {
    const [next, { length }] = [this.#pswp.currIndex + 1, this.#list.photos];
    if (next < length) this.#pswp.goTo(next);
    else if (this.#sequence.range().toEnd) this.#pswp.goTo(0);
  }

  /** Shows another photo in place of all. */
  replaceAll(photo: Photo): void {
    this.#list.replaceAll(photo);
    this.#pswp.refreshSlideContent(0);
  }

  /** Loads the images again that failed. */
  retryFailed(): void {
    if (this.#pswp.isDestroying) return;
    for (const index of this.#list.photos.keys()) {
      if (this.#pswp.contentLoader.getContentByIndex(index)?.state === "error") this.#pswp.refreshSlideContent(index);
    }
  }

  /** Removes a photo and shows the next one, or the last; without another photo the viewer closes. */
  remove = (photoId: string): RemovedPhoto | null => {
    const pswp = this.#pswp;
    if (pswp.isDestroying) return null;
    if (this.#list.photos.length === 1) {
      if (this.#list.indexOf(photoId) === 0) pswp.close();
      return null;
    }
    // Ends a swipe that is under way.
    pswp.goTo(pswp.potentialIndex);
    const removed = this.#list.remove(photoId);
    if (removed === null) return null;
    const isBefore = removed.index < pswp.currIndex;
    this.#redraw(removed.index, Math.min(pswp.currIndex - (isBefore ? 1 : 0), this.#list.photos.length - 1));
    return removed;
  };

  /** Shows a removed photo in its place again. */
  restore = (removed: RemovedPhoto, photo: Photo): void => {
    if (this.#pswp.isDestroying) return;
    this.#pswp.goTo(this.#pswp.potentialIndex);
    const index = this.#list.restore(removed, photo);
    this.#redraw(index, index);
  };

  /** Draws the slides around an index again, after the photos from `changed` on have moved. */
  #redraw(changed: number, index: number): void {
    const pswp = this.#pswp;
    this.#forget(changed);
    pswp.currIndex = index;
    pswp.potentialIndex = index;
    const { itemHolders } = pswp.mainScroll;
    for (const [place, holder] of itemHolders.entries()) {
      const of = index - 1 + place;
      pswp.setContent(holder, of, of >= changed);
    }
    pswp.currSlide = itemHolders[1]?.slide;
    pswp.currSlide?.setIsActive(true);
    pswp.contentLoader.updateLazy();
    pswp.dispatch("change");
  }

  /** Forgets the loaded images from an index on. */
  #forget(from: number): void {
    for (let index = from; index <= this.#list.photos.length; index += 1) this.#pswp.contentLoader.removeByIndex(index);
  }

  async #loadNext(): Promise<void> {
    if (this.#isLoadingNext || this.#pswp.currIndex < this.#list.photos.length - PREFETCH_PHOTOS) return;
    this.#isLoadingNext = true;
    const added = this.#list.append(await this.#sequence.loadNext(this.#list.photos));
    this.#isLoadingNext = false;
    if (added > 0 && !this.#pswp.isDestroying) {
      this.#pswp.refreshSlideContent(this.#list.photos.length - added);
      this.#onLoaded("next");
    }
    this.#onCounted();
  }

  async #loadPrevious(): Promise<void> {
    const pswp = this.#pswp;
    if (this.#isLoadingPrevious || pswp.currIndex >= PREFETCH_PHOTOS) return;
    this.#isLoadingPrevious = true;
    const photos = await this.#sequence.loadPrevious(this.#list.photos);
    this.#isLoadingPrevious = false;
    if (!pswp.isDestroying) {
      this.#prepend(photos);
      this.#onLoaded("previous");
    }
    this.#onCounted();
  }

  /** Adds photos before the first one; the current one stays. */
  #prepend(photos: readonly Photo[]): void {
    const pswp = this.#pswp;
    const before = this.#list.photos.length;
    const added = this.#list.prepend(photos);
    if (added === 0) return;
    for (let index = 0; index < before; index += 1) pswp.contentLoader.removeByIndex(index);
    pswp.currIndex += added;
    pswp.potentialIndex += added;
    for (const { slide } of pswp.mainScroll.itemHolders) if (slide !== undefined) slide.index += added;
    pswp.refreshSlideContent(pswp.currIndex - 1);
  }
}
