/**
 * What an owner changes of one photo: shown at once, and taken back where the library does not take it.
 *
 * Changes are sent one after the other, each for the version that the one before it made. If somebody else changed the
 * photo meanwhile, what they made of it is shown, and the person decides again.
 */
import { Refused } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";
import { explain } from "../i18n/common.ts";
import type { Photo, Visibility } from "./photo.ts";

/** What a person wants different; an empty label takes the label away. */
export interface Change {
  readonly tags?: readonly string[];
  readonly label?: string;
  readonly weight?: number;
  readonly status?: Visibility;
  readonly filename?: string;
}
export type Field = keyof Change;

/** The library's part. */
export interface PhotoOffice {
  /** Changes a photo that is at this version. */
  edit(photoId: string, change: Change, version: number): Promise<Photo>;
  /** A photo as it is now; null if it is gone. */
  photo(photoId: string): Promise<Photo | null>;
}

/** A change, by what it makes of the photo as it is then. */
export type Wanted = (photo: Photo) => Change;

const FIELDS: readonly Field[] = ["tags", "label", "weight", "status", "filename"];

/** The status of an answer to a version that is no more. */
const OUTDATED = 412;

export class Editor extends Observable {
  readonly #desk: PhotoOffice;
  readonly #saved: (photo: Photo) => void;
  /** The photo as the library has it. */
  #known: Photo;
  #waiting: readonly Wanted[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  /** What went wrong last, and with which field where that is known. */
  fault: { readonly field: Field | null; readonly sentence: string } | null = null;
  /** Whether somebody else changed the photo, so that what was wanted was not done. */
  overtaken = false;

  /** `saved` is called with every record that the library has made, or that somebody else has. */
  constructor(photo: Photo, desk: PhotoOffice, saved: (photo: Photo) => void) {
    super();
    this.#known = photo;
    this.#desk = desk;
    this.#saved = saved;
  }

  /** The photo as it is to be, as far as is known. */
  get photo(): Photo {
    return this.#waiting.reduce(changed, this.#known);
  }

  get isSaving(): boolean {
    return this.#waiting.length > 0;
  }

  /** A record that came by itself: it counts if it is newer. */
  learn(photo: Photo): void {
    if (photo.version < this.#known.version) return;
    this.#known = photo;
    this.changed();
  }

  /** Changes the photo; answers whether the library took it. */
  async change(wanted: Wanted): Promise<boolean> {
    this.#waiting = [...this.#waiting, wanted];
    this.fault = null;
    this.overtaken = false;
    this.changed();
    const sent = this.#turn.then(() => this.#send(wanted));
    this.#turn = sent;
    return await sent;
  }

  /** Tells of something that need not be sent to be known as wrong. */
  refuse(field: Field, sentence: string): void {
    this.fault = { field, sentence };
    this.changed();
  }

  async #send(wanted: Wanted): Promise<boolean> {
    const { photo_id, version } = this.#known;
    try {
      this.#settle(wanted, await this.#desk.edit(photo_id, wanted(this.#known), version));
      return true;
    } catch (problem) {
      if (problem instanceof Refused && problem.status === OUTDATED) {
        const newer = await this.#desk.photo(photo_id).catch(() => null);
        this.overtaken = newer !== null;
        if (newer === null) this.fault = { field: null, sentence: explain(problem) };
        this.#settle(wanted, newer);
      } else {
        this.fault = { field: fieldOf(problem), sentence: explain(problem) };
        this.#settle(wanted, null);
      }
      return false;
    }
  }

  #settle(wanted: Wanted, photo: Photo | null): void {
    this.#waiting = this.#waiting.filter((other) => other !== wanted);
    if (photo !== null) {
      this.#known = photo;
      this.#saved(photo);
    }
    this.changed();
  }
}

/** The photo with a change that the library has not made yet. */
function changed(photo: Photo, wanted: Wanted): Photo {
  const { label, ...rest } = wanted(photo);
  return { ...photo, ...rest, ...(label !== undefined && { label: label === "" ? null : label }) };
}

function fieldOf(problem: unknown): Field | null {
  return problem instanceof Refused ? (FIELDS.find((field) => field === problem.field) ?? null) : null;
}

/** A weight as somebody wrote it, or null if it is none: more than 0, less than 1, a comma or a point in it. */
export function readWeight(text: string): number | null {
  const weight = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && weight > 0 && weight < 1 ? weight : null;
}
