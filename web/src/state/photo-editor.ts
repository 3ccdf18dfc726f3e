/**
 * What an owner changes of one photo: shown at once, and taken back where the library does not take it.
 *
 * Changes are sent one after the other, each for the version that the one before it made. If somebody else changed the
 * photo meanwhile, what they made of it is shown, and the person decides again.
 */
import { HttpError } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";
import { explain } from "../i18n/common.ts";
import type { Photo, Visibility } from "./photo.ts";

/** What a person wants different; an empty label takes the label away. */
export interface PhotoUpdate {
  readonly tags?: readonly string[];
  readonly label?: string;
  readonly weight?: number;
  readonly status?: Visibility;
  readonly filename?: string;
}
export type PhotoField = keyof PhotoUpdate;

/** The library's part. */
export interface PhotoApi {
  /** Changes a photo that is at this version. */
  updatePhoto(photoId: string, change: PhotoUpdate, version: number): Promise<Photo>;
  /** A photo as it is now; null if it is gone. */
  getPhoto(photoId: string): Promise<Photo | null>;
}

/** A change, by what it makes of the photo as it is then. */
export type PhotoEdit = (photo: Photo) => PhotoUpdate;

const FIELDS: readonly PhotoField[] = ["tags", "label", "weight", "status", "filename"];

/** The status of an answer to a version that is no more. */
const PRECONDITION_FAILED = 412;

export class PhotoEditor extends Observable {
  readonly #api: PhotoApi;
  readonly #onSave: (photo: Photo) => void;
  /** The photo as the library has it. */
  #savedPhoto: Photo;
  #pendingEdits: readonly PhotoEdit[] = [];
  #lastRequest: Promise<unknown> = Promise.resolve();

  /** What went wrong last, and with which field where that is known. */
  error: { readonly field: PhotoField | null; readonly message: string } | null = null;
  /** Whether somebody else changed the photo, so that what was wanted was not done. */
  hasConflict = false;

  /** `saved` is called with every record that the library has made, or that somebody else has. */
  constructor(photo: Photo, desk: PhotoApi, saved: (photo: Photo) => void) {
    super();
    this.#savedPhoto = photo;
    this.#api = desk;
    this.#onSave = saved;
  }

  /** The photo as it is to be, as far as is known. */
  get photo(): Photo {
    return this.#pendingEdits.reduce(applyEdit, this.#savedPhoto);
  }

  get isSaving(): boolean {
    return this.#pendingEdits.length > 0;
  }

  /** A record that came by itself: it counts if it is newer. */
  receive(photo: Photo): void {
    if (photo.version < this.#savedPhoto.version) return;
    this.#savedPhoto = photo;
    this.notifyWatchers();
  }

  /** Changes the photo; answers whether the library took it. */
  async edit(wanted: PhotoEdit): Promise<boolean> {
    this.#pendingEdits = [...this.#pendingEdits, wanted];
    this.error = null;
    this.hasConflict = false;
    this.notifyWatchers();
    const sent = this.#lastRequest.then(() => this.#send(wanted));
    this.#lastRequest = sent;
    return await sent;
  }

  /** Tells of something that need not be sent to be known as wrong. */
  reject(field: PhotoField, message: string): void {
    this.error = { field, message };
    this.notifyWatchers();
  }

  async #send(wanted: PhotoEdit): Promise<boolean> {
    const { photo_id, version } = this.#savedPhoto;
    try {
      this.#settle(wanted, await this.#api.updatePhoto(photo_id, wanted(this.#savedPhoto), version));
      return true;
    } catch (problem) {
      if (problem instanceof HttpError && problem.status === PRECONDITION_FAILED) {
        const newer = await this.#api.getPhoto(photo_id).catch(() => null);
        this.hasConflict = newer !== null;
        if (newer === null) this.error = { field: null, message: explain(problem) };
        this.#settle(wanted, newer);
      } else {
        this.error = { field: errorField(problem), message: explain(problem) };
        this.#settle(wanted, null);
      }
      return false;
    }
  }

  #settle(wanted: PhotoEdit, photo: Photo | null): void {
    this.#pendingEdits = this.#pendingEdits.filter((other) => other !== wanted);
    if (photo !== null) {
      this.#savedPhoto = photo;
      this.#onSave(photo);
    }
    this.notifyWatchers();
  }
}

/** The photo with a change that the library has not made yet. */
function applyEdit(photo: Photo, wanted: PhotoEdit): Photo {
  const { label, ...rest } = wanted(photo);
  return { ...photo, ...rest, ...(label !== undefined && { label: label === "" ? null : label }) };
}

function errorField(problem: unknown): PhotoField | null {
  return problem instanceof HttpError ? (FIELDS.find((field) => field === problem.field) ?? null) : null;
}

/** A weight as somebody wrote it, or null if it is none: more than 0, less than 1, a comma or a point in it. */
export function parseWeight(text: string): number | null {
  const weight = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && weight > 0 && weight < 1 ? weight : null;
}
