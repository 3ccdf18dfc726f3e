/**
 * Edits one photo: each edit shows at once, and is reverted if the API rejects it.
 *
 * Edits are sent one at a time, each with the version that the previous one returned. If someone else changed the photo
 * meanwhile, their version is displayed and the user decides again.
 */
import type { components } from "../api/schema.d.ts";
import { HttpError } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";
import { explain } from "../i18n/common.ts";
import { updatedDescriptions } from "./descriptions.ts";
import type { Photo } from "./photo.ts";

/** Fields to change; an empty label removes the label. */
export type PhotoUpdate = components["schemas"]["PhotoUpdate"];
export type PhotoField = keyof PhotoUpdate;

/** The API routes for one photo. */
export interface PhotoApi {
  /** Updates a photo that is at this version. */
  updatePhoto(photoId: string, change: PhotoUpdate, version: number): Promise<Photo>;
  /** The current photo; null if it does not exist. */
  getPhoto(photoId: string): Promise<Photo | null>;
}

/** Computes an update from the current photo. */
export type PhotoEdit = (photo: Photo) => PhotoUpdate;

const FIELDS: readonly PhotoField[] = [
  ...(["tags", "label", "weight", "status", "filename", "favorite"] as const),
  ...(["taken_local", "offset", "caption", "rating", "place", "coordinates"] as const),
];

/** The status for an outdated version. */
const PRECONDITION_FAILED = 412;

export class PhotoEditor extends Observable {
  readonly #api: PhotoApi;
  readonly #onSave: (photo: Photo) => void;
  /** The photo as last saved. */
  #savedPhoto: Photo;
  #pendingEdits: readonly PhotoEdit[] = [];
  #lastRequest: Promise<unknown> = Promise.resolve();

  /** The last error, and its field if known. */
  error: { readonly field: PhotoField | null; readonly message: string } | null = null;
  /** Whether the last edit was dropped because someone else changed the photo. */
  hasConflict = false;

  /** `onSave` is called with every new version of the photo, also one by someone else. */
  constructor(photo: Photo, api: PhotoApi, onSave: (photo: Photo) => void) {
    super();
    this.#savedPhoto = photo;
    this.#api = api;
    this.#onSave = onSave;
  }

  /** The photo with all pending edits. */
  get photo(): Photo {
    return this.#pendingEdits.reduce(applyEdit, this.#savedPhoto);
  }

  get isSaving(): boolean {
    return this.#pendingEdits.length > 0;
  }

  /** Takes a version from elsewhere if it is not older. */
  receive(photo: Photo): void {
    if (photo === this.#savedPhoto || photo.version < this.#savedPhoto.version) return;
    this.#savedPhoto = photo;
    this.notifyWatchers();
  }

  /** Edits the photo; returns whether the API accepted the edit. */
  async edit(edit: PhotoEdit): Promise<boolean> {
    this.#pendingEdits = [...this.#pendingEdits, edit];
    this.error = null;
    this.hasConflict = false;
    this.notifyWatchers();
    const sent = this.#lastRequest.then(() => this.#send(edit));
    this.#lastRequest = sent;
    return await sent;
  }

  /** Shows an error for input that is invalid before it is sent. */
  reject(field: PhotoField, message: string): void {
    this.error = { field, message };
    this.notifyWatchers();
  }

  async #send(edit: PhotoEdit): Promise<boolean> {
    const { photo_id, version } = this.#savedPhoto;
    try {
      this.#settle(edit, await this.#api.updatePhoto(photo_id, edit(this.#savedPhoto), version));
      return true;
    } catch (error) {
      if (error instanceof HttpError && error.status === PRECONDITION_FAILED) {
        const newer = await this.#api.getPhoto(photo_id).catch(() => null);
        this.hasConflict = newer !== null;
        if (newer === null) this.error = { field: null, message: explain(error) };
        this.#settle(edit, newer);
      } else {
        this.error = { field: errorField(error), message: explain(error) };
        this.#settle(edit, null);
      }
      return false;
    }
  }

  #settle(edit: PhotoEdit, photo: Photo | null): void {
    this.#pendingEdits = this.#pendingEdits.filter((other) => other !== edit);
    if (photo !== null) {
      this.#savedPhoto = photo;
      this.#onSave(photo);
    }
    this.notifyWatchers();
  }
}

/** The photo with an edit that is not saved yet. */
function applyEdit(photo: Photo, edit: PhotoEdit): Photo {
  const { label, taken_local, offset, caption, rating, place, coordinates, ...rest } = edit(photo);
  return {
    ...photo,
    ...rest,
    ...updatedDescriptions(photo, { caption, rating, place, coordinates }),
    ...(label !== undefined && { label: label === "" ? null : label }),
    ...(taken_local === null ? cameraTime(photo) : { ...(taken_local && { taken_local }), ...(offset !== undefined && { offset }) }),
  };
}

function cameraTime({ camera_time: camera }: Photo): Pick<Photo, "taken_local" | "offset"> {
  return camera ?? { taken_local: null, offset: null };
}

function errorField(error: unknown): PhotoField | null {
  return error instanceof HttpError ? (FIELDS.find((field) => field === error.field) ?? null) : null;
}

/** Parses a weight between 0 and 1 (exclusive), with a comma or a point; null if it is invalid. */
export function parseWeight(text: string): number | null {
  const weight = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && weight > 0 && weight < 1 ? weight : null;
}
