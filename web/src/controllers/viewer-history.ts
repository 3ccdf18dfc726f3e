/**
 * The photo viewer and the browser's history: the open photo is in the URL, and Back closes the viewer.
 */
import { lazyImport } from "../core/lazy-import.ts";
import type { EditHandlers, PhotoSource } from "../elements/info-panel.ts";
import type { PhotoAlbumsContext } from "../elements/photo-albums.ts";
import type { PhotoGallery } from "../elements/photo-gallery.ts";
import type { Viewer, ViewerHandlers } from "../elements/photo-viewer.ts";
import type { Feed } from "../state/feed.ts";
import { addressQuery, photoAddress } from "../state/page-address.ts";
import { PhotoNeighbors, type PhotoPages } from "../state/photo-neighbors.ts";
import type { RandomPhoto, Photo } from "../state/photo.ts";
import { type View, viewIncludes } from "../state/view.ts";

const loadViewer = lazyImport(() => import("../elements/photo-viewer.ts"));

const HISTORY_STATE = { viewer: true };

/** The URL of the page, as far as the viewer changes it. */
export interface PhotoAddress {
  /** The view, and the id of the open photo. */
  readonly current: () => { readonly view: View; readonly photo: string | null };
  /** The URL with another open photo, or with none. */
  readonly urlOf: (photoId: string | null) => string;
}

export interface ViewerContext {
  readonly feed: Feed;
  readonly gallery: PhotoGallery;
  readonly source: PhotoSource;
  readonly pages: PhotoPages;
  readonly editing: EditHandlers;
  readonly albums: PhotoAlbumsContext;
  readonly address: PhotoAddress;
  /** Called after the viewer closed because the user clicked a tag. */
  readonly openTag: (tag: string) => void;
  /** Opens the dialog that shares a photo, in an element of the viewer, which keeps the focus. */
  readonly share: (photo: Photo, parent: Element) => void;
  /** The photo in the URL does not exist, or the user may not see it. */
  readonly onMissing: () => void;
}

/** Photos to page through, and how to load those around them. */
type PhotoSequence = Pick<ViewerHandlers, "loadNext" | "loadPrevious"> & { readonly photos: readonly Photo[]; readonly index: number };

export class ViewerController {
  readonly #context: ViewerContext;
  #viewer: Viewer | null = null;
  /** The photo that is being opened from the URL. */
  #opening: string | null = null;
  /** Whether the viewer closes because the URL changed. */
  #followsUrl = false;
  /** What to do after the viewer closed and its history entry is gone. */
  #afterClose: (() => void) | null = null;

  constructor(context: ViewerContext) {
    this.#context = context;
  }

  /** Opens a random photo alone; the viewer can draw another one. */
  async openRandom(draw: () => Promise<RandomPhoto>): Promise<void> {
    const first = await draw();
    await this.#push(first.photo, alone(first.photo), { first, draw });
  }

  /** Opens a photo among those of the feed, or alone if it is not in the feed. */
  async open(photo: Photo): Promise<void> {
    await this.#push(photo, this.#inFeed(photo) ?? alone(photo));
  }

  /** Removes the photo from the URL: it could not be opened. */
  giveUp(): void {
    history.replaceState(null, "", this.#context.address.urlOf(null));
  }

  /** Shows the photo in the URL, and closes the viewer if there is none. */
  async followUrl(): Promise<void> {
    const { photo: photoId } = this.#context.address.current();
    if (this.#viewer !== null) {
      if (photoId !== null && this.#viewer.show(photoId)) return;
      this.#followsUrl = true;
      this.#viewer.close();
      return;
    }
    if (photoId === null || this.#opening === photoId) return;
    this.#opening = photoId;
    try {
      await this.#openAddress(photoId);
    } finally {
      this.#opening = null;
    }
  }

  /** Handles Back; true if it only ended what closed the viewer. */
  handleBack(): boolean {
    if (this.#afterClose === null) return false;
    const then = this.#afterClose;
    this.#afterClose = null;
    then();
    return true;
  }

  async #openAddress(photoId: string): Promise<void> {
    const { feed, source, address, pages, onMissing } = this.#context;
    const isCurrent = () => address.current().photo === photoId && this.#viewer === null;
    const known = feed.photos.find(({ photo_id }) => photo_id === photoId);
    const photo = known ?? (await source.fetchPhoto(photoId));
    if (!isCurrent()) return;
    if (photo === null) {
      onMissing();
      return;
    }
    await feed.settled();
    const { view } = address.current();
    const sequence = this.#inFeed(photo) ?? (viewIncludes(view, photo) ? among(pages, view, photo) : alone(photo));
    const { openViewer } = await loadViewer();
    if (isCurrent()) this.#show(openViewer, sequence, null);
  }

  async #push(photo: Photo, sequence: PhotoSequence, randomDraw: ViewerHandlers["randomDraw"] = null): Promise<void> {
    if (this.#viewer !== null) return;
    const { openViewer } = await loadViewer();
    history.pushState(HISTORY_STATE, "", this.#context.address.urlOf(photo.photo_id));
    this.#show(openViewer, sequence, randomDraw);
  }

  #show(open: typeof import("../elements/photo-viewer.ts").openViewer, sequence: PhotoSequence, randomDraw: ViewerHandlers["randomDraw"]) {
    const { gallery, source, editing, albums, openTag, share, address } = this.#context;
    const closeThen = (then: () => void) => {
      this.#afterClose = then;
      this.#viewer?.close();
    };
    this.#viewer = open(sequence.photos, sequence.index, {
      thumbnailOf: ({ photo_id }) => gallery.imageOf(photo_id),
      loadNext: sequence.loadNext,
      loadPrevious: sequence.loadPrevious,
      linkTo: (photo) => new URL(addressQuery(photoAddress(photo), true), location.href).href,
      onChange: ({ photo_id }) => {
        history.replaceState(history.state, "", address.urlOf(photo_id));
      },
      source,
      randomDraw,
      editing: {
        ...editing,
        trash: (photo) => {
          closeThen(() => {
            editing.trash(photo);
          });
        },
      },
      albums: {
        ...albums,
        open: (albumId) => {
          closeThen(() => {
            albums.open(albumId);
          });
        },
      },
      share,
      openTag: (tag) => {
        closeThen(() => {
          openTag(tag);
        });
      },
      onClose: (last) => {
        this.#handleClosed(last);
      },
    });
  }

  #handleClosed(last: Photo): void {
    const { gallery, address } = this.#context;
    const followedUrl = this.#followsUrl;
    this.#viewer = null;
    this.#followsUrl = false;
    gallery.focusPhoto(last.photo_id);
    if (followedUrl) void this.followUrl();
    else if (isViewerState(history.state)) history.back();
    else {
      // The viewer was opened by its URL: there is no entry to go back to.
      if (address.current().photo !== null) this.giveUp();
      this.handleBack();
    }
  }

  /** The photos of the feed; null if the photo is not among them. */
  #inFeed(photo: Photo): PhotoSequence | null {
    const { photos } = this.#context.feed;
    const index = photos.findIndex((other) => other.photo_id === photo.photo_id);
    return index < 0 ? null : { photos, index, loadNext: () => this.#loadMore(photos), loadPrevious: none };
  }

  async #loadMore(before: readonly Photo[]): Promise<readonly Photo[]> {
    const { feed } = this.#context;
    await feed.loadMore();
    const known = new Set(before.map(({ photo_id }) => photo_id));
    const oldest = before.at(-1);
    const index = feed.photos.findIndex(({ photo_id }) => photo_id === oldest?.photo_id);
    return feed.photos.slice(index + 1).filter(({ photo_id }) => !known.has(photo_id));
  }
}

const none = () => Promise.resolve([]);

function alone(photo: Photo): PhotoSequence {
  return { photos: [photo], index: 0, loadNext: none, loadPrevious: none };
}

/** A photo whose neighbors are loaded from its place in the view; without them it is shown alone. */
function among(pages: PhotoPages, view: View, photo: Photo): PhotoSequence {
  const neighbors = new PhotoNeighbors(pages, view, photo);
  const orNone = (load: Promise<readonly Photo[]>) => load.catch(() => []);
  return { photos: [photo], index: 0, loadNext: () => orNone(neighbors.next()), loadPrevious: () => orNone(neighbors.previous()) };
}

function isViewerState(state: unknown): boolean {
  return typeof state === "object" && state !== null && "viewer" in state;
}
