/**
 * The titles of albums by id, each loaded when it is first needed.
 */
import { Observable } from "../core/observable.ts";
import type { Album, AlbumApi } from "./albums.ts";

export class AlbumNames extends Observable {
  readonly #api: Pick<AlbumApi, "getAlbum">;
  readonly #titles = new Map<string, string | null>();

  constructor(api: Pick<AlbumApi, "getAlbum">) {
    super();
    this.#api = api;
  }

  /** The title of an album; null while it is loaded, or if the user may not see it. */
  titleOf(albumId: string): string | null {
    if (!this.#titles.has(albumId)) {
      this.#titles.set(albumId, null);
      this.#api.getAlbum(albumId).then(
        (album) => {
          if (album !== null) this.set(album);
        },
        () => {
          // It is loaded again when it is needed again.
          this.#titles.delete(albumId);
        },
      );
    }
    return this.#titles.get(albumId) ?? null;
  }

  set({ album_id: id, title }: Album): void {
    this.#titles.set(id, title);
    this.notifyWatchers();
  }

  /** Forgets all titles, for another user. */
  clear(): void {
    this.#titles.clear();
  }
}
