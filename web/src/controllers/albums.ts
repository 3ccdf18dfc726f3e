/**
 * What can be done with albums: creating them, adding photos, the heading of the open one, and its dialogs. Loaded on first use.
 */
import { openAddToAlbumDialog } from "../elements/add-to-album-dialog.ts";
import { type AlbumHeading, createAlbumHeading } from "../elements/album-heading.ts";
import { openConfirmDialog } from "../elements/confirm-dialog.ts";
import { openNewAlbumDialog } from "../elements/new-album-dialog.ts";
import { openSaveSearchDialog } from "../elements/save-search-dialog.ts";
import { lazyImport } from "../core/lazy-import.ts";
import { albumStrings } from "../i18n/albums.ts";
import { explain } from "../i18n/common.ts";
import { AlbumList, allAlbums } from "../state/album-list.ts";
import type { MemberApi } from "../state/album-members.ts";
import { type Album, type AlbumApi, type AlbumUpdate, MAX_ORDERED_PHOTOS, type NewAlbum } from "../state/albums.ts";
import type { AutoRefresh } from "../state/auto-refresh.ts";
import { BATCH_SIZE, isInAlbum } from "../state/batch-actions.ts";
import { type CurrentAlbum, type EditOutcome, restoration } from "../state/current-album.ts";
import type { Feed, FetchPage } from "../state/feed.ts";
import type { PageKind } from "../state/page-address.ts";
import type { PhotoTotal } from "../state/photo-list.ts";
import type { Photo } from "../state/photo.ts";
import { queriedView, savedQuery } from "../state/view-query.ts";
import { albumView, type View } from "../state/view.ts";
import type { PhotoSelection } from "./photo-selection.ts";

export interface AlbumContext {
  readonly api: AlbumApi & MemberApi;
  readonly fetchPage: FetchPage;
  readonly current: CurrentAlbum;
  readonly feed: Feed;
  readonly autoRefresh: AutoRefresh;
  readonly selection: PhotoSelection;
  /** The element that the heading follows. */
  readonly previousHeading: HTMLElement;
  readonly navigate: (view: View) => void;
  readonly openPage: (page: PageKind) => void;
  /** Loads the photos of the current view again. */
  readonly reload: () => void;
  readonly download: (album: Album) => void;
  readonly playSlideshow: () => void;
  /** Album titles were changed. */
  readonly onRenamed: (album: Album) => void;
}

const loadArrangeDialog = lazyImport(() => import("../elements/arrange-dialog.ts"));
const loadPeopleDialog = lazyImport(() => import("../elements/people-dialog.ts"));

export class AlbumActions {
  readonly #context: AlbumContext;
  readonly #onLoadError: (error: unknown) => void;
  #heading: AlbumHeading | null = null;

  /** `onLoadError` is called if a dialog did not load. */
  constructor(context: AlbumContext, onLoadError: (error: unknown) => void) {
    this.#context = context;
    this.#onLoadError = onLoadError;
  }

  /** Shows the heading of the album of a view, or none. */
  showHeading(view: View): void {
    if (view.album === null) {
      this.#heading?.remove();
      this.#heading = null;
      return;
    }
    if (this.#heading === null) {
      this.#heading = this.#createHeading();
      this.#context.previousHeading.after(this.#heading);
    }
    this.#heading.view = view;
  }

  /** Creates an album and opens it. */
  create(): void {
    openNewAlbumDialog(
      (album) => this.#context.api.createAlbum(album),
      ({ album_id: id }) => {
        this.#context.navigate(albumView(id));
      },
    );
  }

  /** Adds photos to an album that the user chooses. */
  async addPhotos(photos: readonly Photo[]): Promise<void> {
    const { selection } = this.#context;
    openAddToAlbumDialog({
      title: albumStrings.addTo(photos.length),
      batch: await selection.batch(),
      albums: this.#albums(),
      isAdded: ({ album_id: id }) => photos.every((photo) => isInAlbum(photo, id)),
      create: (title) => this.#createTitled(title),
      add: async (album) => {
        await selection.perform({ change: { action: "add_to_album", album_id: album.album_id }, photos }, album.title);
      },
    });
  }

  /** Saves a search as a smart album, or what it finds in an album. */
  saveSearch(view: View, title: string, total: PhotoTotal | null): void {
    openSaveSearchDialog({
      title,
      saveSmart: async (title) => {
        const album = await this.#context.api.createAlbum({ title, query: savedQuery(view) });
        this.#context.navigate(albumView(album.album_id));
        await this.#context.selection.showToast(albumStrings.createdSmart(title));
      },
      addAll: () => {
        this.#addAllFound(view, total).catch(this.#onLoadError);
      },
    });
  }

  async #addAllFound(view: View, found: PhotoTotal | null): Promise<void> {
    const { selection, fetchPage } = this.#context;
    const total = found?.exact === true ? found.photos : null;
    openAddToAlbumDialog({
      title: albumStrings.addAllTo(total),
      batch: await selection.batch(),
      albums: this.#albums(),
      isAdded: () => false,
      create: (title) => this.#createTitled(title),
      add: async ({ album_id, title }) => {
        const pages = pagesOf((cursor) => fetchPage(view, cursor, BATCH_SIZE));
        await selection.performOnPages({ change: { action: "add_to_album", album_id }, pages, total }, title);
      },
    });
  }

  #createHeading(): AlbumHeading {
    const { current } = this.#context;
    const withAlbum = (act: (album: Album) => void) => () => {
      if (current.album !== null) act(current.album);
    };
    return createAlbumHeading(current, {
      edit: (update) => void this.edit(update),
      download: withAlbum(this.#context.download),
      playSlideshow: this.#context.playSlideshow,
      arrange: withAlbum((album) => {
        this.#arrange(album).catch(this.#onLoadError);
      }),
      managePeople: withAlbum((album) => {
        loadPeopleDialog().then(({ openPeopleDialog }) => {
          openPeopleDialog(this.#context.api, album);
        }, this.#onLoadError);
      }),
      remove: withAlbum((album) => {
        this.#remove(album);
      }),
      leave: withAlbum((album) => {
        this.#leave(album);
      }),
      showSearch: withAlbum(({ query }) => {
        if (query !== null) this.#context.navigate(queriedView(query));
      }),
    });
  }

  /** Edits the open album, and reports it in a toast that can undo it. */
  async edit(update: AlbumUpdate): Promise<EditOutcome> {
    const before = this.#context.current.album;
    if (before === null) return "failed";
    const undo = () => void this.#edit(restoration(before, update), albumStrings.undone, null);
    return await this.#edit(update, describeUpdate(update), undo);
  }

  async #edit(update: AlbumUpdate, message: string, undo: (() => void) | null): Promise<EditOutcome> {
    const { current, reload, onRenamed } = this.#context;
    const outcome = await current.edit(update);
    if (update.order !== undefined) reload();
    if (outcome === "saved" && update.title !== undefined && current.album !== null) onRenamed(current.album);
    await this.#report(outcome, message, undo);
    return outcome;
  }

  async #report(outcome: EditOutcome, message: string, undo: (() => void) | null): Promise<void> {
    const { current, selection } = this.#context;
    if (outcome === "saved") await selection.showToast(message, undo);
    else await selection.showToast(outcome === "conflict" ? albumStrings.conflict : explain(current.error));
  }

  async #arrange(album: Album): Promise<void> {
    const { fetchPage } = this.#context;
    const { openArrangeDialog } = await loadArrangeDialog();
    let before: readonly Photo[] = [];
    const load = async () => {
      const photos: Photo[] = [];
      const view = albumView(album.album_id);
      for await (const page of pagesOf((cursor) => fetchPage(view, cursor, BATCH_SIZE))) {
        photos.push(...page);
        if (photos.length >= MAX_ORDERED_PHOTOS) break;
      }
      return (before = photos);
    };
    openArrangeDialog(load, (photos) => {
      const undo = () => {
        if (album.order === "manual") void this.#order(album, before, albumStrings.undone, null);
        else void this.#edit({ order: album.order }, albumStrings.undone, null);
      };
      void this.#order(album, photos, albumStrings.orderSaved, undo);
    });
  }

  /** Shows photos in an order at once, and saves it; without success, the photos are loaded again. */
  async #order({ album_id: id }: Album, photos: readonly Photo[], message: string, undo: (() => void) | null): Promise<void> {
    const { current, feed, reload } = this.#context;
    const isInView = () => feed.view?.album === id && !feed.view.review;
    if (isInView()) feed.replace(photos);
    const outcome = await current.orderByHand(photos.map(({ photo_id }) => photo_id));
    if (outcome !== "saved" && isInView()) reload();
    await this.#report(outcome, message, undo);
  }

  #remove({ album_id: id, title, query }: Album): void {
    openConfirmDialog({
      question: query === null ? albumStrings.deletePrompt(title) : albumStrings.deleteSmartPrompt(title),
      hint: query === null ? albumStrings.deleteHint : albumStrings.deleteSmartHint,
      action: albumStrings.deleteConfirm,
      confirm: async () => {
        await this.#endAlbum(() => this.#context.api.deleteAlbum(id));
        this.#context.openPage("albums");
        await this.#context.selection.showToast(query === null ? albumStrings.deleted(title) : albumStrings.deletedSmart(title));
      },
    });
  }

  #leave({ album_id: id, title }: Album): void {
    openConfirmDialog({
      question: albumStrings.leavePrompt(title),
      hint: albumStrings.leaveHint,
      action: albumStrings.leaveConfirm,
      confirm: async () => {
        await this.#endAlbum(() => this.#context.api.leaveAlbum(id));
        this.#context.openPage("shared");
        await this.#context.selection.showToast(albumStrings.left(title));
      },
    });
  }

  /** Performs what takes the open album away: its photos are not refreshed meanwhile. */
  async #endAlbum(perform: () => Promise<void>): Promise<void> {
    const { autoRefresh } = this.#context;
    autoRefresh.stop();
    try {
      await perform();
    } catch (error) {
      autoRefresh.start();
      throw error;
    }
  }

  #albums(): AlbumList {
    return new AlbumList(allAlbums(this.#context.api));
  }

  async #createTitled(title: string): Promise<Album> {
    const album: NewAlbum = { title };
    return await this.#context.api.createAlbum(album);
  }
}

/** The photos of all pages, page by page. */
async function* pagesOf(fetch: (cursor: string | null) => ReturnType<FetchPage>): AsyncGenerator<readonly Photo[]> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<FetchPage>> = await fetch(cursor);
    if (page.items.length > 0) yield page.items;
    cursor = page.cursor;
  } while (cursor !== null);
}

function describeUpdate({ title, description, order }: AlbumUpdate): string {
  if (title !== undefined) return albumStrings.titleSaved;
  if (description !== undefined) return albumStrings.descriptionSaved;
  return order === undefined ? albumStrings.coverSaved : albumStrings.orderSaved;
}
