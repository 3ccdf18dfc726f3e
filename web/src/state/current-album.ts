/**
 * The album whose photos the page shows. Its edits show at once, and are reverted if the API rejects them.
 */
import { HttpError } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";
import type { Album, AlbumApi, AlbumUpdate } from "./albums.ts";

/** The status for an outdated version. */
const PRECONDITION_FAILED = 412;

/** saved; conflict: somebody else changed the album, whose new version is displayed; failed: see `error`. */
export type EditOutcome = "saved" | "conflict" | "failed";

export class CurrentAlbum extends Observable {
  readonly #api: Pick<AlbumApi, "getAlbum" | "updateAlbum" | "orderAlbum">;
  #generation = 0;
  /** As the API returned it last. */
  #saved: Album | null = null;
  #pending: AlbumUpdate = {};
  #lastRequest: Promise<unknown> = Promise.resolve();

  /** The id of the album; null if the page shows none. */
  id: string | null = null;
  /** missing: it does not exist, or the user may not see it. */
  status: "loading" | "ready" | "missing" | "failed" = "loading";
  /** Why loading or the last edit failed. */
  error: unknown = null;

  constructor(api: Pick<AlbumApi, "getAlbum" | "updateAlbum" | "orderAlbum">) {
    super();
    this.#api = api;
  }

  /** The album with all pending edits; null until it is loaded. */
  get album(): Album | null {
    return this.#saved === null ? null : { ...this.#saved, ...this.#pending };
  }

  /** Loads an album, again if it is the current one, whose known version stays until then; null: there is none. */
  async load(id: string | null): Promise<void> {
    const generation = (this.#generation += 1);
    if (id !== this.id) {
      Object.assign(this, { id, status: "loading", error: null });
      this.#saved = null;
      this.#pending = {};
      this.notifyWatchers();
    }
    if (id === null) return;
    try {
      const album = await this.#api.getAlbum(id);
      if (generation === this.#generation) this.#receive(album);
    } catch (error) {
      if (generation !== this.#generation) return;
      if (this.#saved === null) Object.assign(this, { status: "failed", error });
      this.notifyWatchers();
    }
  }

  /** Loads the album again, such as after its photos were changed; does nothing if the page shows none. */
  async reload(): Promise<void> {
    if (this.id !== null) await this.load(this.id);
  }

  /** Takes a version of the album from elsewhere. */
  receive(album: Album): void {
    if (album.album_id !== this.id || album.version < (this.#saved?.version ?? 0)) return;
    // Lists and changes do not have what only one album has.
    this.#receive({ ...this.#saved, ...album });
  }

  /** Edits the album, after the edits before. */
  async edit(update: AlbumUpdate): Promise<EditOutcome> {
    return await this.#change(update, (album) => this.#api.updateAlbum(album.album_id, update, album.version));
  }

  /** Orders the album by hand. */
  async orderByHand(photoIds: readonly string[]): Promise<EditOutcome> {
    return await this.#change({ order: "manual" }, (album) => this.#api.orderAlbum(album.album_id, photoIds, album.version));
  }

  async #change(update: AlbumUpdate, send: (album: Album) => Promise<Album>): Promise<EditOutcome> {
    this.#pending = { ...this.#pending, ...update };
    this.error = null;
    this.notifyWatchers();
    const sent = this.#lastRequest.then(() => this.#send(update, send));
    this.#lastRequest = sent;
    return await sent;
  }

  async #send(update: AlbumUpdate, send: (album: Album) => Promise<Album>): Promise<EditOutcome> {
    const before = this.#saved;
    if (before === null) return "failed";
    try {
      const album = await send(before);
      this.#settle(update);
      this.receive(album);
      return "saved";
    } catch (error) {
      this.#settle(update);
      const isOutdated = error instanceof HttpError && error.status === PRECONDITION_FAILED;
      const newer = isOutdated ? await this.#api.getAlbum(before.album_id).catch(() => null) : null;
      if (newer === null) this.error = error;
      else this.receive(newer);
      this.notifyWatchers();
      return newer === null ? "failed" : "conflict";
    }
  }

  /** Forgets a pending edit, unless a later one has changed the same. */
  #settle(update: AlbumUpdate): void {
    const others = Object.entries(this.#pending).filter(([name, value]) => update[name as keyof AlbumUpdate] !== value);
    this.#pending = Object.fromEntries(others);
  }

  #receive(album: Album | null): void {
    this.#saved = album;
    this.status = album === null ? "missing" : "ready";
    this.error = null;
    this.notifyWatchers();
  }
}

/** The update that takes back an update of an album. */
export function restoration(album: Album, update: AlbumUpdate): AlbumUpdate {
  return Object.fromEntries(Object.keys(update).map((name) => [name, album[name as keyof AlbumUpdate]]));
}
