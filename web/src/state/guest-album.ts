/**
 * What a guest sees through a shared link: the album, the photos that are loaded, or why there is nothing to see.
 */
import type { components } from "../api/schema.d.ts";
import { HttpError } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";

/** What a shared link shows, and what its guests may do; no photo that is added may have more than `max_upload_bytes`. */
export type SharedAlbum = components["schemas"]["SharedContent"];
/** A photo as guests see it: no place, camera or owner. */
export type GuestPhoto = components["schemas"]["SharedPhoto"];

/** Whether guests can add photos now. */
export function takesPhotos({ add, max_upload_bytes: room }: SharedAlbum): boolean {
  return add && room > 0;
}

export interface GuestPage {
  readonly items: readonly GuestPhoto[];
  readonly cursor: string | null;
}

/** The API routes that show a shared link. */
export interface GuestAlbumApi {
  getAlbum(): Promise<SharedAlbum>;
  listPhotos(cursor: string | null): Promise<GuestPage>;
  /** Sends the password, and uses the pass that it gives from then on. */
  enterPassword(password: string): Promise<void>;
}

/**
 * What the page shows: `missing` for a link that is revoked or was never given out, `failed` if the album did not load.
 */
export type GuestStatus = "loading" | "ready" | "password" | "missing" | "expired" | "failed";

/** Why a password was not accepted. */
export type PasswordProblem =
  | { readonly kind: "wrong" }
  | { readonly kind: "throttled"; readonly until: number }
  | { readonly kind: "failed"; readonly error: unknown };

export class GuestAlbum extends Observable {
  readonly #api: GuestAlbumApi;
  readonly #now: () => number;
  #cursor: string | null = null;
  /** Counts loads, so that the response of an earlier one is ignored. */
  #generation = 0;
  #loading = Promise.resolve();

  status: GuestStatus = "loading";
  album: SharedAlbum | null = null;
  photos: readonly GuestPhoto[] = [];
  loadingMore = false;
  /** The last error of loading the album or more photos, or null. */
  error: unknown = null;
  checkingPassword = false;
  passwordProblem: PasswordProblem | null = null;

  /** `now` returns ms since the epoch. */
  constructor(api: GuestAlbumApi, now: () => number) {
    super();
    this.#api = api;
    this.#now = now;
  }

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** Loads the album and its first photos. */
  async load(): Promise<void> {
    const generation = (this.#generation += 1);
    this.#update({ status: "loading", error: null, loadingMore: false });
    try {
      const [album, page] = await Promise.all([this.#api.getAlbum(), this.#api.listPhotos(null)]);
      if (generation !== this.#generation) return;
      this.#cursor = page.cursor;
      this.#update({ status: "ready", album, photos: page.items });
    } catch (error) {
      if (generation === this.#generation && !this.#stop(error)) this.#update({ status: "failed", error });
    }
  }

  /** Loads the next photos if there are more; resolves when they are loaded, also if they were loading already. */
  async loadMore(): Promise<void> {
    if (this.#cursor !== null && !this.loadingMore && this.status === "ready") this.#loading = this.#loadNext(this.#cursor);
    await this.#loading;
  }

  async #loadNext(cursor: string): Promise<void> {
    const generation = this.#generation;
    this.#update({ loadingMore: true, error: null });
    try {
      const page = await this.#api.listPhotos(cursor);
      if (generation !== this.#generation) return;
      const known = new Set(this.photos.map(({ photo_id }) => photo_id));
      this.#cursor = page.cursor;
      this.#update({ loadingMore: false, photos: [...this.photos, ...page.items.filter(({ photo_id }) => !known.has(photo_id))] });
    } catch (error) {
      if (generation === this.#generation && !this.#stop(error)) this.#update({ loadingMore: false, error });
    }
  }

  /** Loads the album again in place, with as many photos as before; after an error, the photos stay. */
  async refresh(): Promise<void> {
    if (this.status !== "ready") return;
    const generation = (this.#generation += 1);
    try {
      const album = await this.#api.getAlbum();
      const photos: GuestPhoto[] = [];
      let cursor: string | null = null;
      do {
        const page: GuestPage = await this.#api.listPhotos(cursor);
        photos.push(...page.items);
        cursor = page.cursor;
      } while (cursor !== null && photos.length < this.photos.length);
      if (generation !== this.#generation) return;
      this.#cursor = cursor;
      this.#update({ album, photos, loadingMore: false });
    } catch (error) {
      if (generation === this.#generation && !this.#stop(error)) this.#update({ loadingMore: false });
    }
  }

  /** Opens the album with its password. */
  async enterPassword(password: string): Promise<void> {
    if (this.checkingPassword) return;
    this.#update({ checkingPassword: true, passwordProblem: null });
    try {
      await this.#api.enterPassword(password);
      this.#update({ checkingPassword: false });
    } catch (error) {
      this.#update({ checkingPassword: false });
      if (!this.#stop(error)) this.#update({ passwordProblem: this.#problem(error) });
      return;
    }
    await this.load();
  }

  /** Replaces a photo by its newer version, with URLs that have not expired. */
  replace(photo: GuestPhoto): void {
    this.#update({ photos: this.photos.map((other) => (other.photo_id === photo.photo_id ? photo : other)) });
  }

  #problem(error: unknown): PasswordProblem {
    if (error instanceof HttpError && error.code === "wrong_password") return { kind: "wrong" };
    if (error instanceof HttpError && error.code === "too_many_attempts") {
      return { kind: "throttled", until: this.#now() + (error.retryAfter ?? 0) };
    }
    return { kind: "failed", error };
  }

  /** Shows that the link no longer opens the album, or needs its password; returns whether that is what the error means. */
  #stop(error: unknown): boolean {
    if (!(error instanceof HttpError)) return false;
    const status =
      error.status === 404 ? "missing" : error.status === 410 ? "expired" : error.code === "password_required" ? "password" : null;
    if (status === null) return false;
    this.#cursor = null;
    this.#update({ status, album: null, photos: [], loadingMore: false });
    return true;
  }

  #update(
    change: Partial<Pick<GuestAlbum, "status" | "album" | "photos" | "loadingMore" | "error" | "checkingPassword" | "passwordProblem">>,
  ): void {
    Object.assign(this, change);
    this.notifyWatchers();
  }
}
