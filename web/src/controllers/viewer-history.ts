/**
 * The viewer and the browser's history: opening a photo is a step that Back takes back.
 */
import { lazyImport } from "../core/lazy-import.ts";
import type { EditHandlers, FetchPhoto } from "../elements/info-panel.ts";
import type { PhotoGallery } from "../elements/photo-gallery.ts";
import type { Viewer, ViewerHandlers } from "../elements/photo-viewer.ts";
import type { Feed } from "../state/feed.ts";
import type { RandomPhoto, Photo } from "../state/photo.ts";

const loadViewer = lazyImport(() => import("../elements/photo-viewer.ts"));

const HISTORY_STATE = { viewer: true };

export class ViewerController {
  readonly #feed: Feed;
  readonly #gallery: PhotoGallery;
  readonly #fetchPhoto: FetchPhoto;
  readonly #editing: EditHandlers;
  readonly #openTag: (tag: string) => void;
  #viewer: Viewer | null = null;
  /** What is to follow once the viewer has gone, and the history with it. */
  #afterClose: (() => void) | null = null;

  /** `tag` is called when a tag under a photo was chosen, once the viewer has gone. */
  constructor(feed: Feed, gallery: PhotoGallery, record: FetchPhoto, editing: EditHandlers, tag: (tag: string) => void) {
    this.#feed = feed;
    this.#gallery = gallery;
    this.#fetchPhoto = record;
    this.#editing = editing;
    this.#openTag = tag;
  }

  /** Shows a photo that was drawn, alone, and lets others be drawn. */
  async openRandom(draw: () => Promise<RandomPhoto>): Promise<void> {
    const first = await draw();
    await this.open(first.photo, { first, draw });
  }

  /** Shows a photo: among those of the gallery if it is one of them and was not drawn, else alone. */
  async open(photo: Photo, randomDraw: ViewerHandlers["randomDraw"] = null): Promise<void> {
    if (this.#viewer !== null) return;
    const place = randomDraw !== null ? -1 : this.#feed.photos.findIndex((other) => other.photo_id === photo.photo_id);
    const photos = place < 0 ? [photo] : this.#feed.photos;
    const { openViewer } = await loadViewer();
    history.pushState(HISTORY_STATE, "", location.href);
    this.#viewer = openViewer(photos, Math.max(place, 0), {
      thumbnailOf: ({ photo_id }) => this.#gallery.imageOf(photo_id),
      loadMore: () => (place < 0 ? Promise.resolve([]) : this.#loadMore(photos)),
      fetchPhoto: this.#fetchPhoto,
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

  /** Back was pressed; true if that was only the viewer's own step. */
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
    const place = this.#feed.photos.findIndex(({ photo_id }) => photo_id === oldest?.photo_id);
    return this.#feed.photos.slice(place + 1).filter(({ photo_id }) => !known.has(photo_id));
  }
}

function isViewerState(state: unknown): boolean {
  return typeof state === "object" && state !== null && "viewer" in state;
}
