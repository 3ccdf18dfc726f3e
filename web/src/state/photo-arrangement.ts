/**
 * The order of an album's photos while the user changes it by hand.
 */
import { Observable } from "../core/observable.ts";
import type { Photo } from "./photo.ts";

export type Move = "start" | "earlier" | "later" | "end";

export class PhotoArrangement extends Observable {
  readonly #before: readonly Photo[];

  photos: readonly Photo[];
  /** The photos to move together. */
  selected: ReadonlySet<string> = new Set();

  constructor(photos: readonly Photo[]) {
    super();
    this.#before = this.photos = photos;
  }

  get isChanged(): boolean {
    return this.photos.some((photo, index) => photo !== this.#before[index]);
  }

  toggle(photoId: string): void {
    const selected = new Set(this.selected);
    if (!selected.delete(photoId)) selected.add(photoId);
    this.selected = selected;
    this.notifyWatchers();
  }

  clearSelection(): void {
    this.selected = new Set();
    this.notifyWatchers();
  }

  /** Moves photos, in their order, one place or to an end. */
  move(photoIds: ReadonlySet<string>, move: Move): void {
    this.#setPhotos(movePhotos(this.photos, photoIds, move));
  }

  /** Moves photos, in their order, before the photo that is now at an index; at the end if there is none. */
  moveTo(photoIds: ReadonlySet<string>, index: number): void {
    this.#setPhotos(placePhotos(this.photos, photoIds, index));
  }

  #setPhotos(photos: readonly Photo[]): void {
    this.photos = photos;
    this.notifyWatchers();
  }
}

/** The photos with some of them moved; those that are moved one place stay together. */
export function movePhotos(photos: readonly Photo[], photoIds: ReadonlySet<string>, move: Move): readonly Photo[] {
  const isMoved = ({ photo_id }: Photo) => photoIds.has(photo_id);
  const [first, last] = [photos.findIndex(isMoved), photos.findLastIndex(isMoved)];
  if (first < 0) return photos;
  const index = { start: 0, earlier: Math.max(0, first - 1), later: Math.min(photos.length, last + 2), end: photos.length };
  return placePhotos(photos, photoIds, index[move]);
}

/** The photos with some of them before the one that was at an index, in their order. */
export function placePhotos(photos: readonly Photo[], photoIds: ReadonlySet<string>, index: number): readonly Photo[] {
  const isMoved = ({ photo_id }: Photo) => photoIds.has(photo_id);
  const [before, after] = [photos.slice(0, index), photos.slice(index)];
  const stays = (photo: Photo) => !isMoved(photo);
  return [...before.filter(stays), ...photos.filter(isMoved), ...after.filter(stays)];
}
