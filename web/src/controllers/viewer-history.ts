/**
 * The photo viewer and the browser's history: Back closes the viewer.
 */
import { lazyImport } from "../core/lazy-import.ts";
import type { EditHandlers, PhotoSource } from "../elements/info-panel.ts";
import type { PhotoGallery } from "../elements/photo-gallery.ts";
import type { Viewer, ViewerHandlers } from "../elements/photo-viewer.ts";
import type { Feed } from "../state/feed.ts";
import type { RandomPhoto, Photo } from "../state/photo.ts";

const loadViewer = lazyImport(() => import("../elements/photo-viewer.ts"));

const HISTORY_STATE = { viewer: true };

export class ViewerController {
  readonly #feed: Feed;
  readonly #gallery: PhotoGallery;
  readonly #source: PhotoSource;
  readonly #editing: EditHandlers;
  readonly #openTag: (tag: string) => void;
  #viewer: Viewer | null = null;
  /** What to do after the viewer closed and its history entry is gone. */
  #afterClose: (() => void) | null = null;

  /** `openTag` is called after the viewer closed because the user clicked a tag. */
  constructor(feed: Feed, gallery: PhotoGallery, source: PhotoSource, editing: EditHandlers, openTag: (tag: string) => void) {
    this.#feed = feed;
    this.#gallery = gallery;
    this.#source = source;
    this.#editing = editing;
    this.#openTag = openTag;
  }

  /** Opens a random photo alone; the viewer can draw another one. */
  async openRandom(draw: () => Promise<RandomPhoto>): Promise<void> {
    const first = await draw();
    await this.open(first.photo, { first, draw });
  }

  /** Opens a photo: alone if it was drawn at random or is not in the feed, else among the photos of the feed. */
  async open(photo: Photo, randomDraw: ViewerHandlers["randomDraw"] = null): Promise<void> {
    if (this.#viewer !== null) return;
    const index = randomDraw !== null ? -1 : this.#feed.photos.findIndex((other) => other.photo_id === photo.photo_id);
    const photos = index < 0 ? [photo] : this.#feed.photos;
    const { openViewer } = await loadViewer();
    history.pushState(HISTORY_STATE, "", location.href);
    this.#viewer = openViewer(photos, Math.max(index, 0), {
      thumbnailOf: ({ photo_id }) => this.#gallery.imageOf(photo_id),
      loadMore: () => (index < 0 ? Promise.resolve([]) : this.#loadMore(photos)),
      source: this.#source,
      randomDraw,
      editing: {
        ...this.#editing,
        trash: (photo) => {
          this.#closeThen(() => {
            this.#editing.trash(photo);
          });
        },
      },
      openTag: (tag) => {
        this.#closeThen(() => {
          this.#openTag(tag);
        });
      },
      onClose: (last) => {
        this.#handleClosed(last);
      },
    });
  }

  /** Handles Back; true if it only closed the viewer. */
  handleBack(): boolean {
    if (this.#viewer !== null) {
      this.#viewer.close();
      return true;
    }
    if (this.#afterClose === null) return false;
    const then = this.#afterClose;
    this.#afterClose = null;
    then();
    return true;
  }

  #closeThen(then: () => void): void {
    this.#afterClose = then;
    this.#viewer?.close();
  }

  #handleClosed(last: Photo): void {
    this.#viewer = null;
    this.#gallery.focusPhoto(last.photo_id);
    if (isViewerState(history.state)) history.back();
  }

  async #loadMore(before: readonly Photo[]): Promise<readonly Photo[]> {
    await this.#feed.loadMore();
    const known = new Set(before.map(({ photo_id }) => photo_id));
    const oldest = before.at(-1);
    const index = this.#feed.photos.findIndex(({ photo_id }) => photo_id === oldest?.photo_id);
    return this.#feed.photos.slice(index + 1).filter(({ photo_id }) => !known.has(photo_id));
  }
}

function isViewerState(state: unknown): boolean {
  return typeof state === "object" && state !== null && "viewer" in state;
}
