/**
 * The viewer of a shared link and the browser's history: the open photo is in the URL, and Back closes the viewer.
 */
import { lazyImport } from "../core/lazy-import.ts";
import type { GuestGrid } from "../elements/guest-grid.ts";
import type { GuestViewer, GuestViewerHandlers } from "../elements/guest-viewer.ts";
import { guestAddress, parseGuestAddress } from "../state/guest-address.ts";
import type { GuestAlbum, GuestPhoto } from "../state/guest-album.ts";

const loadViewer = lazyImport(() => import("../elements/guest-viewer.ts"));

const HISTORY_STATE = { viewer: true };

interface GuestViewerContext extends Pick<GuestViewerHandlers, "downloadPhoto" | "reload"> {
  readonly album: GuestAlbum;
  readonly token: string;
  readonly grid: () => GuestGrid | null;
}

export class GuestViewerController {
  readonly #context: GuestViewerContext;
  #viewer: GuestViewer | null = null;
  #opening = false;
  /** Whether the viewer closes because the URL changed. */
  #followsUrl = false;

  constructor(context: GuestViewerContext) {
    this.#context = context;
  }

  /** Opens a photo of the album, with `play` in a slideshow. */
  async open(photo: GuestPhoto, play = false): Promise<void> {
    await this.#open(photo, play, () => {
      history.pushState(HISTORY_STATE, "", this.#urlOf(photo.photo_id));
    });
  }

  /** Shows the photo in the URL, and closes the viewer if there is none. */
  async followUrl(): Promise<void> {
    const { photoId } = parseGuestAddress(location.hash);
    if (this.#viewer !== null) {
      if (photoId !== null && this.#viewer.show(photoId)) return;
      this.#followsUrl = true;
      this.#viewer.close();
      return;
    }
    if (photoId === null) return;
    const photo = await this.#find(photoId);
    if (photo === null) history.replaceState(null, "", this.#urlOf(null));
    else await this.#open(photo, false, () => undefined);
  }

  /** A photo of the album: one that is loaded, or one that is loaded alone. */
  async #find(photoId: string): Promise<GuestPhoto | null> {
    const { album, reload } = this.#context;
    return album.photos.find(({ photo_id }) => photo_id === photoId) ?? (await reload(photoId));
  }

  async #open(photo: GuestPhoto, play: boolean, opened: () => void): Promise<void> {
    if (this.#opening || this.#viewer !== null) return;
    this.#opening = true;
    const { album, grid, downloadPhoto, reload } = this.#context;
    try {
      const { openGuestViewer } = await loadViewer();
      opened();
      const index = album.photos.findIndex(({ photo_id }) => photo_id === photo.photo_id);
      this.#viewer = openGuestViewer(index < 0 ? [photo] : album.photos, Math.max(0, index), play, {
        thumbnailOf: ({ photo_id }) => grid()?.imageOf(photo_id) ?? null,
        loadMore: async () => {
          if (index < 0) return [];
          await album.loadMore();
          return album.photos;
        },
        total: index < 0 ? null : Math.max(album.album?.photos ?? 0, album.photos.length),
        download: album.album?.download ?? "none",
        downloadPhoto,
        reload,
        onChange: ({ photo_id }) => {
          history.replaceState(history.state, "", this.#urlOf(photo_id));
        },
        onClose: (last) => {
          this.#closed(last);
        },
      });
    } finally {
      this.#opening = false;
    }
  }

  #closed(last: GuestPhoto): void {
    this.#viewer = null;
    if (!this.#followsUrl) {
      if (isViewerState(history.state)) history.back();
      else history.replaceState(null, "", this.#urlOf(null));
    }
    this.#followsUrl = false;
    void this.#context.grid()?.focusPhoto(last.photo_id);
  }

  #urlOf(photoId: string | null): string {
    return guestAddress(this.#context.token, photoId);
  }
}

function isViewerState(state: unknown): boolean {
  return typeof state === "object" && state !== null && "viewer" in state;
}
