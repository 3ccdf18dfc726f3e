/**
 * A list of albums: the pages loaded so far.
 */
import { Observable } from "../core/observable.ts";
import type { Album, AlbumApi, AlbumPage } from "./albums.ts";

export type AlbumListStatus = "loading" | "ready" | "extending" | "failed";

export class AlbumList extends Observable {
  readonly #fetchPage: (cursor: string | null) => Promise<AlbumPage>;
  #cursor: string | null = null;

  /** loading: the first page; extending: the next page; failed: an error of either. */
  status: AlbumListStatus = "loading";
  items: readonly Album[] = [];
  error: unknown = null;

  constructor(fetchPage: (cursor: string | null) => Promise<AlbumPage>) {
    super();
    this.#fetchPage = fetchPage;
  }

  /** Whether there are more pages. */
  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  get isEmpty(): boolean {
    return this.status === "ready" && this.items.length === 0 && !this.hasMore;
  }

  /** Loads the first page, or the next one after those that are loaded; does nothing while one is loading. */
  async loadNext(): Promise<void> {
    if (this.status === "extending" || (this.status === "ready" && !this.hasMore)) return;
    if (this.status !== "loading") this.#setStatus(this.items.length === 0 ? "loading" : "extending");
    try {
      const { items, cursor } = await this.#fetchPage(this.#cursor);
      const known = new Set(this.items.map(({ album_id }) => album_id));
      this.items = [...this.items, ...items.filter(({ album_id }) => !known.has(album_id))];
      this.#cursor = cursor;
      this.#setStatus("ready");
    } catch (error) {
      this.#setStatus("failed", error);
    }
  }

  /** Loads all pages. Ends at an error, see `status`. */
  async loadAll(): Promise<void> {
    do await this.loadNext();
    while (this.status === "ready" && this.hasMore);
  }

  /** Adds a new album as the first one. */
  add(album: Album): void {
    this.items = [album, ...this.items];
    this.notifyWatchers();
  }

  #setStatus(status: AlbumListStatus, error: unknown = null): void {
    this.status = status;
    this.error = error;
    this.notifyWatchers();
  }
}

/** What the cursor of an album that is shared with the user begins with. */
const SHARED = "shared ";

/** Pages through the user's own albums, then through those that are shared with them. */
export function allAlbums(api: Pick<AlbumApi, "listAlbums">): (cursor: string | null) => Promise<AlbumPage> {
  return async (cursor) => {
    if (cursor?.startsWith(SHARED) !== true) {
      const page = await api.listAlbums("mine", cursor);
      return { items: page.items, cursor: page.cursor ?? SHARED };
    }
    const page = await api.listAlbums("shared", cursor.slice(SHARED.length) || null);
    return { items: page.items, cursor: page.cursor === null ? null : SHARED + page.cursor };
  };
}

/** The albums whose titles have all words of a text, in whatever case; those that begin with it first. */
export function searchAlbums(albums: readonly Album[], text: string): readonly Album[] {
  const words = fold(text).split(" ").filter(Boolean);
  const found = albums.filter(({ title }) => words.every((word) => fold(title).includes(word)));
  const begins = ({ title }: Album) => fold(title).startsWith(words.join(" "));
  return [...found.filter(begins), ...found.filter((album) => !begins(album))];
}

/** The album with a title, in whatever case; null if there is none. */
export function albumTitled(albums: readonly Album[], title: string): Album | null {
  return albums.find((album) => fold(album.title) === fold(title)) ?? null;
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}
