/**
 * The selected photos, with their records: not all of them need to be loaded in the grid.
 */
import { Observable } from "../core/observable.ts";
import type { Photo } from "./photo.ts";

/** Whether a photo can be selected: one of the user's own, and not while it is processed. */
export function isSelectable({ mine, state }: Photo): boolean {
  return mine && state !== "processing";
}

export class Selection extends Observable {
  /** The last photo that was toggled: a range starts there. */
  #anchor: string | null = null;
  #photos: ReadonlyMap<string, Photo> = new Map();

  /** The ids of the selected photos. */
  selected: ReadonlySet<string> = new Set();

  get size(): number {
    return this.selected.size;
  }

  /** The selected photos as they were last known, in the order in which they were selected. */
  get photos(): readonly Photo[] {
    return [...this.#photos.values()];
  }

  /** Selects or deselects one photo. */
  toggle(photo: Photo): void {
    const photos = new Map(this.#photos);
    if (!photos.delete(photo.photo_id)) photos.set(photo.photo_id, photo);
    this.#anchor = photo.photo_id;
    this.#setPhotos(photos);
  }

  /** Selects everything from the last toggled photo to this one, inclusive, as ordered in `order`. */
  extendTo(photo: Photo, order: readonly Photo[]): void {
    const indexOf = (photoId: string | null) => order.findIndex(({ photo_id }) => photo_id === photoId);
    const [from, to] = [indexOf(this.#anchor), indexOf(photo.photo_id)];
    if (from < 0 || to < 0) this.toggle(photo);
    else this.add(order.slice(Math.min(from, to), Math.max(from, to) + 1));
  }

  /** Selects these photos, too. */
  add(photos: readonly Photo[]): void {
    this.#setPhotos(new Map([...this.#photos, ...byId(photos)]));
  }

  /** Selects exactly these photos. */
  replace(photos: readonly Photo[]): void {
    this.#setPhotos(byId(photos));
  }

  /** Deselects these photos. */
  remove(photoIds: Iterable<string>): void {
    const photos = new Map(this.#photos);
    for (const photoId of photoIds) photos.delete(photoId);
    this.#setPhotos(photos);
  }

  /** Takes over the current records of those photos that are selected. */
  update(photos: readonly Photo[]): void {
    const selected = photos.filter(({ photo_id }) => this.selected.has(photo_id));
    if (selected.length > 0) this.add(selected);
  }

  /** Deselects all photos. */
  clear(): void {
    this.replace([]);
  }

  #setPhotos(photos: ReadonlyMap<string, Photo>): void {
    if (photos.size === 0) this.#anchor = null;
    const before = this.#photos;
    if (photos.size === before.size && [...photos].every(([photoId, photo]) => before.get(photoId) === photo)) return;
    const isSame = photos.size === before.size && [...photos.keys()].every((photoId) => before.has(photoId));
    this.#photos = photos;
    if (!isSame) this.selected = new Set(photos.keys());
    this.notifyWatchers();
  }
}

function byId(photos: readonly Photo[]): ReadonlyMap<string, Photo> {
  return new Map(photos.map((photo) => [photo.photo_id, photo]));
}
