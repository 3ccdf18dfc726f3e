/**
 * The photo that this tab sent last and that is not processed yet. It is stored, so that after a reload the page can say that photos
 * are being processed: until the library begins with one, no list has it.
 */
import { Observable } from "../core/observable.ts";
import type { PreferenceStorage } from "../core/preference-storage.ts";
import type { Photo } from "./photo.ts";

const KEY_PREFIX = "tintype.sent.";

export class SentPhoto extends Observable {
  readonly #fetchPhoto: (photoId: string) => Promise<Photo | null>;
  readonly #storage: PreferenceStorage;
  readonly #user: () => string | null;

  constructor(fetchPhoto: (photoId: string) => Promise<Photo | null>, storage: PreferenceStorage, user: () => string | null) {
    super();
    this.#fetchPhoto = fetchPhoto;
    this.#storage = storage;
    this.#user = user;
  }

  /** The id of the user's photo, or null. */
  get current(): string | null {
    return this.#storage.getItem(this.#key);
  }

  set(photoId: string | null): void {
    if (photoId === this.current) return;
    if (photoId === null) this.#storage.removeItem(this.#key);
    else this.#storage.setItem(this.#key, photoId);
    this.notifyWatchers();
  }

  /** Looks whether the photo is processed, then calls `refreshFeed`, and forgets it if it is. Returns what `refreshFeed` returns. */
  async refresh(refreshFeed: () => Promise<boolean>): Promise<boolean> {
    const photoId = this.current;
    const photo = photoId === null ? undefined : await this.#fetchPhoto(photoId).catch(() => undefined);
    const changed = await refreshFeed();
    if (photo !== undefined && photoId === this.current && photo?.state !== "uploading" && photo?.state !== "processing") this.set(null);
    return changed;
  }

  get #key(): string {
    return KEY_PREFIX + (this.#user() ?? "");
  }
}
