/**
 * The photos of the viewer: those of a view that are loaded, in its order, and where each of them is among all of the view.
 *
 * Photos that the user trashes leave the list at once, and come back to their place if that fails or is undone.
 */
import type { PhotoTotal } from "./photo-list.ts";
import type { Photo } from "./photo.ts";

/** Whether the first of the loaded photos is the first of the view, and the last one the last. */
export interface LoadedRange {
  readonly fromStart: boolean;
  readonly toEnd: boolean;
}

/** The place of a photo in its view, from 1, and how many photos the view has; null if that is not known. */
export interface ViewPosition {
  readonly number: number;
  readonly total: PhotoTotal | null;
}

/** A photo that was removed, and where it was. */
export interface RemovedPhoto {
  readonly photo: Photo;
  readonly index: number;
  readonly previousId: string | null;
  readonly nextId: string | null;
}

export class ViewerList {
  #photos: Photo[];
  /** Similar photos, which were opened next to one of the view. */
  readonly #inserted = new Set<string>();
  readonly #removed = new Set<string>();

  /** How many photos the view has; null if it is not known. */
  total: PhotoTotal | null = null;

  constructor(photos: readonly Photo[]) {
    this.#photos = [...photos];
  }

  get photos(): readonly Photo[] {
    return this.#photos;
  }

  /** The index of a photo; -1 if it is not in the list. */
  indexOf(photoId: string): number {
    return this.#photos.findIndex(({ photo_id }) => photo_id === photoId);
  }

  /** Replaces a photo by its new version. */
  update(photo: Photo): void {
    const index = this.indexOf(photo.photo_id);
    if (index >= 0) this.#photos[index] = photo;
  }

  /** Shows another photo in place of all. */
  replaceAll(photo: Photo): void {
    this.#photos = [photo];
  }

  /** Adds those of the next photos that are new; returns how many. */
  append(photos: readonly Photo[]): number {
    const added = this.#newOnes(photos);
    this.#photos.push(...added);
    return added.length;
  }

  /** Adds those of the photos before the first one that are new; returns how many. */
  prepend(photos: readonly Photo[]): number {
    const added = this.#newOnes(photos);
    this.#photos.unshift(...added);
    return added.length;
  }

  /** Inserts a photo that need not be one of the view. */
  insert(photo: Photo, index: number): void {
    this.#inserted.add(photo.photo_id);
    this.#photos.splice(index, 0, photo);
  }

  /** Removes a photo that leaves the view; null if it is not in the list. */
  remove(photoId: string): RemovedPhoto | null {
    const index = this.indexOf(photoId);
    const photo = this.#photos[index];
    if (photo === undefined) return null;
    this.#photos.splice(index, 1);
    this.#removed.add(photoId);
    this.#count(photoId, -1);
    const idAt = (at: number) => this.#photos[at]?.photo_id ?? null;
    return { photo, index, previousId: idAt(index - 1), nextId: idAt(index) };
  }

  /** Puts a removed photo back, in its current version; returns its index. */
  restore({ index, previousId, nextId }: RemovedPhoto, photo: Photo): number {
    const [previous, next] = [previousId, nextId].map((id) => (id === null ? -1 : this.indexOf(id))) as [number, number];
    const place = next >= 0 ? next : previous >= 0 ? previous + 1 : Math.min(index, this.#photos.length);
    this.#photos.splice(place, 0, photo);
    this.#removed.delete(photo.photo_id);
    this.#count(photo.photo_id, 1);
    return place;
  }

  /** The place in the view of the photo at an index; null if it is not known, or the photo is not one of the view. */
  position(index: number, { fromStart, toEnd }: LoadedRange): ViewPosition | null {
    const photo = this.#photos[index];
    if (photo === undefined || !fromStart || this.#inserted.has(photo.photo_id)) return null;
    const count = (photos: readonly Photo[]) => photos.filter(({ photo_id }) => !this.#inserted.has(photo_id)).length;
    const loaded = count(this.#photos);
    const known = this.total === null ? null : { ...this.total, photos: Math.max(loaded, this.total.photos) };
    return { number: count(this.#photos.slice(0, index + 1)), total: toEnd ? { photos: loaded, exact: true } : known };
  }

  #newOnes(photos: readonly Photo[]): readonly Photo[] {
    const known = new Set(this.#photos.map(({ photo_id }) => photo_id));
    return photos.filter(({ photo_id }) => !known.has(photo_id) && !this.#removed.has(photo_id));
  }

  #count(photoId: string, change: number): void {
    if (this.total !== null && !this.#inserted.has(photoId)) this.total = { ...this.total, photos: this.total.photos + change };
  }
}
