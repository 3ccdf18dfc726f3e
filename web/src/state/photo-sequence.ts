/**
 * What the viewer pages through: photos of a view, and how to load those around them.
 */
import { type Album, MAX_TO_REVIEW } from "./albums.ts";
import type { Feed } from "./feed.ts";
import type { PhotoTotal } from "./photo-list.ts";
import { PhotoNeighbors, type PhotoPages } from "./photo-neighbors.ts";
import type { Photo } from "./photo.ts";
import { isFiltered, type View } from "./view.ts";
import type { LoadedRange } from "./viewer-list.ts";

export interface PhotoSequence {
  readonly photos: readonly Photo[];
  /** The index of the photo to show first. */
  readonly index: number;
  /** Loads photos after those that are known; none if there are no more. */
  readonly loadNext: (known: readonly Photo[]) => Promise<readonly Photo[]>;
  /** Loads photos before those that are known; none if there are no more. */
  readonly loadPrevious: (known: readonly Photo[]) => Promise<readonly Photo[]>;
  /** How far the photos that were loaded so far reach. */
  readonly range: () => LoadedRange;
  /** How many photos the view has; null if it is not known. */
  readonly fetchTotal: () => Promise<PhotoTotal | null>;
}

type FetchTotal = PhotoSequence["fetchTotal"];

const none = () => Promise.resolve([]);

/** A photo whose view is not known, or that is not in the view. */
export function singlePhoto(photo: Photo): PhotoSequence {
  const range = { fromStart: false, toEnd: false };
  return { photos: [photo], index: 0, loadNext: none, loadPrevious: none, range: () => range, fetchTotal: () => Promise.resolve(null) };
}

/** The photos of the feed; null if the photo is not among them. */
export function feedSequence(feed: Feed, photo: Photo, fetchTotal: FetchTotal): PhotoSequence | null {
  const { photos } = feed;
  const index = photos.findIndex(({ photo_id }) => photo_id === photo.photo_id);
  if (index < 0) return null;
  return {
    photos,
    index,
    loadNext: async (known) => {
      await feed.loadMore();
      const last = feed.photos.findLastIndex(isAmong(known));
      return last < 0 ? [] : feed.photos.slice(last + 1);
    },
    loadPrevious: async (known) => {
      await feed.loadNewer();
      return feed.photos.slice(0, Math.max(0, feed.photos.findIndex(isAmong(known))));
    },
    range: () => ({ fromStart: feed.newer === "none", toEnd: !feed.hasMore }),
    fetchTotal,
  };
}

/** A photo whose neighbors are loaded from its place in the view; without them it is shown alone. */
export function neighborSequence(pages: PhotoPages, view: View, photo: Photo, fetchTotal: FetchTotal): PhotoSequence {
  const neighbors = new PhotoNeighbors(pages, view, photo);
  const orNone = (load: Promise<readonly Photo[]>) => load.catch(() => []);
  return {
    photos: [photo],
    index: 0,
    loadNext: () => orNone(neighbors.next()),
    loadPrevious: () => orNone(neighbors.previous()),
    range: () => neighbors.range,
    fetchTotal,
  };
}

/** How many photos the view of an album has; null if that is not counted, as for a search in it or a smart album. */
export function albumTotal(view: View, album: Album | null): PhotoTotal | null {
  if (album?.album_id !== view.album || isFiltered(view)) return null;
  const { photos, to_review: toReview } = album;
  if (view.review) return toReview === undefined ? null : { photos: toReview, exact: toReview < MAX_TO_REVIEW };
  return photos === null ? null : { photos, exact: true };
}

function isAmong(known: readonly Photo[]): (photo: Photo) => boolean {
  const ids = new Set(known.map(({ photo_id }) => photo_id));
  return ({ photo_id }) => ids.has(photo_id);
}
