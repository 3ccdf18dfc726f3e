/**
 * Actions on several of the user's own photos, and how to undo them.
 *
 * A request takes up to `BATCH_SIZE` photos and returns one result per photo; one failure does not stop the others. If
 * a whole request fails, the operation ends: earlier photos stay changed, and the rest count as failed.
 */
import type { components, paths } from "../api/schema.d.ts";
import { Observable } from "../core/observable.ts";
import { explain } from "../i18n/common.ts";
import { ownCaption, ownPlace, ownRating } from "./descriptions.ts";
import { correctedTime, isCorrected, type Photo } from "./photo.ts";
import { isSameTag } from "./search-terms.ts";

type BatchRequest = paths["/photos/batch"]["post"]["requestBody"]["content"]["application/json"];
type WithoutPhotos<Request> = Request extends BatchRequest ? Omit<Request, "photo_ids"> : never;

/** What a request does to its photos: an action, with the tags that it needs. */
export type BatchChange = WithoutPhotos<BatchRequest>;
/** Everything that can be done to photos. */
export type PhotoChange = BatchChange | { readonly action: "delete" };

export type BatchResult = components["schemas"]["BatchResult"];

/** The API routes for batches. */
export interface BatchApi {
  /** Makes one change to at most `BATCH_SIZE` photos; returns one result per photo. */
  runBatch(photoIds: readonly string[], change: BatchChange): Promise<readonly BatchResult[]>;
  /** Deletes a photo permanently. */
  deletePhoto(photoId: string): Promise<void>;
}

const RESET_TIME: BatchChange = { action: "reset_time" };

/** How many photos one request takes. */
export const BATCH_SIZE = 100;

export interface BatchOperation {
  readonly change: BatchChange;
  readonly photos: readonly Photo[];
}

export interface BatchFailure {
  readonly photo: Photo;
  readonly reason: string;
}

export interface BatchOutcome {
  readonly change: PhotoChange;
  /** The changed photos; deleted photos as they were. */
  readonly done: readonly Photo[];
  readonly failures: readonly BatchFailure[];
  /** The operations that undo it; empty if nothing changed or it cannot be undone. */
  readonly undo: readonly BatchOperation[];
}

/** The progress of a running operation. */
export interface BatchProgress {
  readonly done: number;
  readonly total: number;
}

export class BatchActions extends Observable {
  readonly #api: BatchApi;

  /** The running operation, or null; one at a time. */
  progress: BatchProgress | null = null;

  constructor(api: BatchApi) {
    super();
    this.#api = api;
  }

  /** Performs an operation; null while another one runs. */
  async perform({ change, photos }: BatchOperation): Promise<BatchOutcome | null> {
    const before = new Map(photos.map((photo) => [photo.photo_id, photo]));
    return await this.#run(
      change,
      photos,
      BATCH_SIZE,
      async (batch) => {
        const results = await this.#api.runBatch(
          batch.map(({ photo_id }) => photo_id),
          change,
        );
        const byId = new Map(results.map((result) => [result.photo_id, result]));
        return batch.map((photo) => {
          const result = byId.get(photo.photo_id);
          return result?.ok === true ? (result.photo ?? photo) : { photo, reason: result?.error ?? explain(null) };
        });
      },
      (done) =>
        undoOperations(
          change,
          done.map((photo) => before.get(photo.photo_id) ?? photo),
        ),
    );
  }

  /** Deletes photos permanently; null while an operation runs. */
  async deletePermanently(photos: readonly Photo[]): Promise<BatchOutcome | null> {
    return await this.#run(
      { action: "delete" },
      photos,
      1,
      async (batch) => {
        for (const { photo_id } of batch) await this.#api.deletePhoto(photo_id);
        return batch;
      },
      () => [],
    );
  }

  async #run(
    change: PhotoChange,
    photos: readonly Photo[],
    batchSize: number,
    performOn: (batch: readonly Photo[]) => Promise<readonly (Photo | BatchFailure)[]>,
    undo: (done: readonly Photo[]) => readonly BatchOperation[],
  ): Promise<BatchOutcome | null> {
    if (this.progress !== null) return null;
    const [done, failures]: [Photo[], BatchFailure[]] = [[], []];
    for (let index = 0; index < photos.length; index += batchSize) {
      this.#setProgress({ done: index, total: photos.length });
      try {
        for (const result of await performOn(photos.slice(index, index + batchSize))) {
          if ("reason" in result && "photo" in result) failures.push(result);
          else done.push(result);
        }
      } catch (error) {
        failures.push(...photos.slice(index).map((photo) => ({ photo, reason: explain(error) })));
        break;
      }
    }
    this.#setProgress(null);
    return { change, done, failures, undo: undo(done) };
  }

  #setProgress(working: BatchProgress | null): void {
    this.progress = working;
    this.notifyWatchers();
  }
}

/** The operations that return photos to what they were `before` a change, without those that it did not change. */
export function undoOperations(change: BatchChange, before: readonly Photo[]): readonly BatchOperation[] {
  switch (change.action) {
    case "trash":
      return operations(
        { action: "restore" },
        before.filter(({ state }) => state !== "trashed"),
      );
    case "restore":
      return operations(
        { action: "trash" },
        before.filter(({ state }) => state === "trashed"),
      );
    case "publish":
      return operations(
        { action: "hide" },
        before.filter(({ status }) => status === "private"),
      );
    case "hide":
      return operations(
        { action: "publish" },
        before.filter(({ status }) => status === "public"),
      );
    case "keep":
      return operations({ action: "unkeep" }, before);
    case "unkeep":
      return operations({ action: "keep" }, before);
    case "add_to_album":
      return operations(
        { action: "remove_from_album", album_id: change.album_id },
        before.filter(({ albums = [] }) => !albums.includes(change.album_id)),
      );
    case "remove_from_album":
      return operations(
        { action: "add_to_album", album_id: change.album_id },
        before.filter(({ albums = [] }) => albums.includes(change.album_id)),
      );
    case "approve":
    case "decline":
      return [];
    case "tag":
      return groupedOperations(before, (photo) => tagChange("untag", change.tags, (tag) => !hasTag(photo, tag)));
    case "untag":
      return groupedOperations(before, (photo) => tagChange("tag", change.tags, (tag) => hasTag(photo, tag)));
    case "set_time":
      return groupedOperations(before, (photo) => restoreTime(photo) ?? RESET_TIME);
    case "shift_time":
      return groupedOperations(before, (photo) => (isCorrected(photo) ? { ...change, seconds: -change.seconds } : RESET_TIME));
    case "set_offset":
      return groupedOperations(before, (photo) => (isCorrected(photo) ? { ...change, offset: photo.offset } : RESET_TIME));
    case "reset_time":
      return groupedOperations(before, restoreTime);
    case "favorite":
      return operations(
        { action: "unfavorite" },
        before.filter(({ favorite }) => favorite === false),
      );
    case "unfavorite":
      return operations(
        { action: "favorite" },
        before.filter(({ favorite }) => favorite === true),
      );
    case "rate":
      return restoreDescriptions(change.rating, before, ownRating, (rating) => ({ action: "rate", rating }));
    case "set_caption":
      return restoreDescriptions(change.caption, before, ownCaption, (caption) => ({ action: "set_caption", caption }));
    case "set_place":
      return restoreDescriptions(change.place, before, ownPlace, (place) => ({ action: "set_place", place }));
  }
}

/** The change to the corrected time of a photo; null if it has the camera's. */
function restoreTime(photo: Photo): BatchChange | null {
  const time = correctedTime(photo);
  return time === null ? null : { action: "set_time", ...time };
}

/** Operations that set what the user had said of each photo, null if only the file had. */
function restoreDescriptions<Value>(
  changed: Value | null,
  before: readonly Photo[],
  own: (photo: Photo) => Value | null,
  restore: (value: Value | null) => BatchChange,
): readonly BatchOperation[] {
  return groupedOperations(before, (photo) => (own(photo) === changed ? null : restore(own(photo))));
}

function operations(change: BatchChange, photos: readonly Photo[]): readonly BatchOperation[] {
  return photos.length === 0 ? [] : [{ change, photos }];
}

/** Whether a photo has a tag, in whatever case. */
export function hasTag(photo: Photo, tag: string): boolean {
  return photo.tags.some((other) => isSameTag(tag, other));
}

function tagChange(action: "tag" | "untag", tags: readonly string[], changes: (tag: string) => boolean): BatchChange | null {
  const changed = tags.filter(changes);
  return changed.length === 0 ? null : { action, tags: changed };
}

/** One operation for all photos that need the same change; none for those that need no change. */
function groupedOperations(before: readonly Photo[], changeOf: (photo: Photo) => BatchChange | null): readonly BatchOperation[] {
  const groups = new Map<string, { readonly change: BatchChange; readonly photos: Photo[] }>();
  for (const photo of before) {
    const change = changeOf(photo);
    if (change === null) continue;
    const key = JSON.stringify(change);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { change, photos: [photo] });
    else group.photos.push(photo);
  }
  return [...groups.values()];
}
