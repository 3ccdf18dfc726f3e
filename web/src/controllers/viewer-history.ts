/**
 * The photo viewer and the browser's history: the open photo is in the URL, Back closes the info panel, then the viewer.
 *
 * The viewer has an entry of its own in the history unless it was opened by its URL; the open info panel always has one above.
 */
import { lazyImport } from "../core/lazy-import.ts";
import type { EditHandlers, PhotoSource } from "../elements/info-panel.ts";
import type { PhotoAlbumsContext } from "../elements/photo-albums.ts";
import type { PhotoGallery } from "../elements/photo-gallery.ts";
import type { Viewer, ViewerHandlers } from "../elements/photo-viewer.ts";
import type { Feed } from "../state/feed.ts";
import { addressQuery, photoAddress } from "../state/page-address.ts";
import type { PhotoTotal } from "../state/photo-list.ts";
import type { PhotoPages } from "../state/photo-neighbors.ts";
import { feedSequence, neighborSequence, type PhotoSequence, singlePhoto } from "../state/photo-sequence.ts";
import type { RandomPhoto, Photo } from "../state/photo.ts";
import { type View, viewIncludes } from "../state/view.ts";

const loadViewer = lazyImport(() => import("../elements/photo-viewer.ts"));

/** What an entry of the history is for, besides its URL. */
interface EntryState {
  /** Whether the entry before is the page without the viewer. */
  readonly viewer?: boolean;
  /** Whether the info panel is open; the entry before is the viewer without it. */
  readonly info?: boolean;
}

/** The URL of the page, as far as the viewer changes it. */
export interface PhotoAddress {
  /** The view, and the id of the open photo. */
  readonly current: () => { readonly view: View; readonly photo: string | null };
  /** The URL with another open photo, or with none. */
  readonly urlOf: (photoId: string | null) => string;
}

export interface ViewerContext extends Pick<ViewerHandlers, "share" | "showToast"> {
  readonly feed: Feed;
  readonly gallery: PhotoGallery;
  readonly source: PhotoSource;
  readonly pages: PhotoPages;
  /** How many photos a view has; null if it is not known. */
  readonly fetchTotal: (view: View) => Promise<PhotoTotal | null>;
  readonly editing: EditHandlers;
  readonly albums: PhotoAlbumsContext;
  readonly address: PhotoAddress;
  /** Called after the viewer closed because the user clicked a tag. */
  readonly openTag: (tag: string) => void;
  /** The photo in the URL does not exist, or the user may not see it. */
  readonly onMissing: () => void;
}

export class ViewerController {
  readonly #context: ViewerContext;
  #viewer: Viewer | null = null;
  /** The photo that is being opened from the URL. */
  #opening: string | null = null;
  /** Whether the viewer closes because the URL changed. */
  #followsUrl = false;
  /** Whether the browser is going back from the entry of the info panel. */
  #leavesInfo = false;
  /** What to do after the viewer closed and its history entries are gone. */
  #afterClose: (() => void) | null = null;

  constructor(context: ViewerContext) {
    this.#context = context;
  }

  /** Opens a random photo alone; the viewer can draw another one. */
  async openRandom(draw: () => Promise<RandomPhoto>): Promise<void> {
    const first = await draw();
    await this.#push(first.photo, singlePhoto(first.photo), { first, draw });
  }

  /** Opens a photo among those of the feed, or alone if it is not in the feed; with `play` in a slideshow. */
  async open(photo: Photo, play = false): Promise<void> {
    await this.#push(photo, this.#inFeed(photo) ?? singlePhoto(photo));
    if (play) this.#viewer?.playSlideshow();
  }

  /** Removes the photo from the URL: it could not be opened. */
  giveUp(): void {
    history.replaceState(null, "", this.#context.address.urlOf(null));
  }

  /** Shows the photo in the URL, with its info or without, and closes the viewer if there is none. */
  async followUrl(): Promise<void> {
    const { photo: photoId } = this.#context.address.current();
    if (this.#viewer !== null) {
      if (photoId !== null && this.#followInfo(this.#viewer)) return;
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

  /** Handles Back; true if it only ended what closed the viewer or its info panel. */
  handleBack(): boolean {
    if (this.#leavesInfo) {
      this.#leavesInfo = false;
      if (this.#viewer === null) this.#leaveEntries();
      else this.#showCurrent(this.#viewer);
      return true;
    }
    if (this.#afterClose === null) return false;
    const then = this.#afterClose;
    this.#afterClose = null;
    then();
    return true;
  }

  /** Opens or closes the info panel as the entry of the history has it; false if it is so. */
  #followInfo(viewer: Viewer): boolean {
    const { info = false } = entryState();
    if (viewer.isInfoOpen === info) return false;
    viewer.setInfo(info);
    this.#showCurrent(viewer);
    return true;
  }

  /** Puts the photo that is displayed into the URL of an entry that may have an earlier one. */
  #showCurrent({ current }: Viewer): void {
    if (current !== undefined) history.replaceState(history.state, "", this.#context.address.urlOf(current.photo_id));
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
    const around = () => neighborSequence(pages, view, photo, () => this.#context.fetchTotal(view));
    const sequence = this.#inFeed(photo) ?? (viewIncludes(view, photo) ? around() : singlePhoto(photo));
    const { openViewer } = await loadViewer();
    if (!isCurrent()) return;
    const viewer = this.#show(openViewer, sequence, null);
    viewer.setInfo(entryState().info === true);
  }

  async #push(photo: Photo, sequence: PhotoSequence, randomDraw: ViewerHandlers["randomDraw"] = null): Promise<void> {
    if (this.#viewer !== null) return;
    const { openViewer } = await loadViewer();
    const state: EntryState = { viewer: true };
    history.pushState(state, "", this.#context.address.urlOf(photo.photo_id));
    this.#show(openViewer, sequence, randomDraw);
  }

  #show(
    open: typeof import("../elements/photo-viewer.ts").openViewer,
    sequence: PhotoSequence,
    randomDraw: ViewerHandlers["randomDraw"],
  ): Viewer {
    const { gallery, source, editing, albums, openTag, share, showToast, address } = this.#context;
    const closeThen = (then: () => void) => {
      this.#afterClose = then;
      this.#viewer?.close();
    };
    return (this.#viewer = open(sequence, {
      thumbnailOf: ({ photo_id }) => gallery.imageOf(photo_id),
      linkTo: (photo) => new URL(addressQuery(photoAddress(photo), true), location.href).href,
      onChange: ({ photo_id }) => {
        history.replaceState(history.state, "", address.urlOf(photo_id));
      },
      onInfoToggled: (isOpen) => {
        this.#handleInfoToggled(isOpen);
      },
      source,
      randomDraw,
      isReview: address.current().view.review,
      editing,
      albums: {
        ...albums,
        open: (albumId) => {
          closeThen(() => {
            albums.open(albumId);
          });
        },
      },
      share,
      showToast,
      openTag: (tag) => {
        closeThen(() => {
          openTag(tag);
        });
      },
      onClose: (last) => {
        this.#handleClosed(last);
      },
    }));
  }

  #handleInfoToggled(isOpen: boolean): void {
    const { viewer = false, info = false } = entryState();
    if (isOpen) {
      const state: EntryState = { viewer, info: true };
      history.pushState(state, "", location.href);
    } else if (info) {
      this.#leavesInfo = true;
      history.back();
    }
  }

  #handleClosed(last: Photo): void {
    const followedUrl = this.#followsUrl;
    this.#viewer = null;
    this.#followsUrl = false;
    this.#context.gallery.focusPhoto(last.photo_id);
    if (followedUrl) void this.followUrl();
    else if (!this.#leavesInfo) this.#leaveEntries();
  }

  /** Goes back to the entry before the viewer; there is none if the viewer was opened by its URL. */
  #leaveEntries(): void {
    const { viewer = false, info = false } = entryState();
    const then = this.#afterClose;
    if (!viewer && !info) {
      if (this.#context.address.current().photo !== null) this.giveUp();
      this.handleBack();
      return;
    }
    if (!viewer) {
      this.#afterClose = () => {
        this.giveUp();
        then?.();
      };
    }
    history.go(-[viewer, info].filter(Boolean).length);
  }

  #inFeed(photo: Photo): PhotoSequence | null {
    const { view } = this.#context.address.current();
    return feedSequence(this.#context.feed, photo, () => this.#context.fetchTotal(view));
  }
}

function entryState(): EntryState {
  const state: unknown = history.state;
  return typeof state === "object" && state !== null ? state : {};
}
