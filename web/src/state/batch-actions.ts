/**
 * Actions on several of the user's own photos, and how to undo them.
 *
 * A request takes up to `BATCH_SIZE` photos and returns one result per photo; one failure does not stop the others. If
 * a whole request fails, the operation ends: earlier photos stay changed, and the rest count as failed.
 */
import type { components, paths } from "../api/schema.d.ts";
import { HttpError, NetworkError } from "../core/errors.ts";
import { Observable } from "../core/observable.ts";
import { explain } from "../i18n/common.ts";
import { areEqual } from "./coordinates.ts";
import { ownCaption, ownCoordinates, ownPlace, ownRating } from "./descriptions.ts";
import { correctedTime, isCorrected, type Photo } from "./photo.ts";
import { isSameTag } from "./search-terms.ts";
import { type View, viewIncludes } from "./view.ts";

type BatchRequest = paths["/photos/batch"]["post"]["requestBody"]["content"]["application/json"];
type WithoutPhotos<Request> = Request extends BatchRequest ? Omit<Request, "photo_ids"> : never;

/** What a request does to its photos: an action, with the tags that it needs. */
export type BatchChange = WithoutPhotos<BatchRequest>;

export type BatchResult = components["schemas"]["BatchResult"];

/** The API routes for batches. */
export interface BatchApi {
  /** Makes one change to at most `BATCH_SIZE` photos; returns one result per photo. */
  runBatch(photoIds: readonly string[], change: BatchChange): Promise<readonly BatchResult[]>;
}

const RESET_TIME: BatchChange = { action: "reset_time" };

/** The code of the error for a photo that does not exist. */
const MISSING = "photo_not_found";

/** How many photos one request takes. */
export const BATCH_SIZE = 100;

export interface BatchOperation {
  readonly change: BatchChange;
  readonly photos: readonly Photo[];
}

/** An operation on the photos of pages that are loaded one by one, such as all that a search finds. */
export interface PagedOperation {
  readonly change: BatchChange;
  /** Pages of at most `BATCH_SIZE` photos. */
  readonly pages: AsyncIterable<readonly Photo[]>;
  /** How many photos there are; null if it is not known. */
  readonly total: number | null;
}

export interface BatchFailure {
  readonly photo: Photo;
  readonly reason: string;
  /** Whether the photo does not exist any more. */
  readonly missing: boolean;
  /** Whether it may have been changed all the same: the request may have had its effect although no result came. */
  readonly uncertain?: boolean;
}

export interface BatchOutcome {
  readonly change: BatchChange;
  /** The changed photos; deleted photos as they were. */
  readonly done: readonly Photo[];
  readonly failures: readonly BatchFailure[];
  /** How many photos were left as they are, because the operation was canceled. */
  readonly skipped: number;
  /** Why it ended before all photos were known, as a sentence; null if it did not. */
  readonly error: string | null;
  /** The operations that undo it; empty if nothing changed or it cannot be undone. */
  readonly undo: readonly BatchOperation[];
}

/** The progress of a running operation. */
export interface BatchProgress {
  readonly done: number;
  /** Null if it is not known. */
  readonly total: number | null;
}

export class BatchActions extends Observable {
  readonly #api: BatchApi;
  #canceled = false;

  /** The running operation, or null; one at a time. */
  progress: BatchProgress | null = null;

  constructor(api: BatchApi) {
    super();
    this.#api = api;
  }

  /** Performs an operation; null while another one runs. */
  async perform({ change, photos }: BatchOperation): Promise<BatchOutcome | null> {
    return await this.#performOn(change, batches(photos, BATCH_SIZE), photos.length);
  }

  /** Performs an operation on photos that are loaded meanwhile; null while another one runs. */
  async performOnPages({ change, pages, total }: PagedOperation): Promise<BatchOutcome | null> {
    return await this.#performOn(change, pages, total);
  }

  /** Ends the running operation after the request that is under way. */
  cancel(): void {
    this.#canceled = true;
  }

  async #performOn(change: BatchChange, pages: PhotoBatches, total: number | null): Promise<BatchOutcome | null> {
    const before = new Map<string, Photo>();
    return await this.#run(
      change,
      pages,
      total,
      async (batch) => {
        for (const photo of batch) before.set(photo.photo_id, photo);
        const results = await this.#api.runBatch(
          batch.map(({ photo_id }) => photo_id),
          change,
        );
        const byId = new Map(results.map((result) => [result.photo_id, result]));
        return batch.map((photo) => {
          const result = byId.get(photo.photo_id);
          if (result?.ok === true) return result.photo ?? photo;
          // An earlier request may have deleted it, though its response was lost.
          if (change.action === "delete_permanently" && result?.code === MISSING) return photo;
          return { photo, reason: result?.error ?? explain(null), missing: result?.code === MISSING };
        });
      },
      (done) =>
        undoOperations(
          change,
          done.map((photo) => before.get(photo.photo_id) ?? photo),
        ),
    );
  }

  async #run(
    change: BatchChange,
    pages: PhotoBatches,
    total: number | null,
    performOn: (batch: readonly Photo[]) => Promise<readonly (Photo | BatchFailure)[]>,
    undo: (done: readonly Photo[]) => readonly BatchOperation[],
  ): Promise<BatchOutcome | null> {
    if (this.progress !== null) return null;
    this.#canceled = false;
    this.#setProgress({ done: 0, total });
    const [done, failures]: [Photo[], BatchFailure[]] = [[], []];
    const send = async (batch: readonly Photo[]): Promise<RequestFailure | null> => {
      try {
        for (const result of await performOn(batch)) {
          if ("reason" in result && "photo" in result) failures.push(result);
          else done.push(result);
        }
        return null;
      } catch (error) {
        return [explain(error), mayHaveActed(error)];
      }
    };
    let error: string | null = null;
    try {
      for await (const batch of pages) {
        if (this.#isCanceled()) break;
        // After a request failed, no other is sent.
        const failed: RequestFailure | null = error === null ? await send(batch) : [error, false];
        if (failed !== null) {
          const [reason, uncertain]: RequestFailure = failed;
          error = reason;
          failures.push(...batch.map((photo) => ({ photo, reason, missing: false, uncertain })));
          if (!Array.isArray(pages)) break;
        }
        this.#setProgress({ done: done.length + failures.length, total });
      }
    } catch (failure) {
      error = explain(failure);
    }
    const skipped = this.#isCanceled() && total !== null ? Math.max(0, total - done.length - failures.length) : 0;
    this.#setProgress(null);
    return { change, done, failures, skipped, error: failures.length > 0 ? null : error, undo: undo(done) };
  }

  #isCanceled(): boolean {
    return this.#canceled;
  }

  #setProgress(working: BatchProgress | null): void {
    this.progress = working;
    this.notifyWatchers();
  }
}

/** The ids of photos that a view has no longer: those that do not exist any more, and those that were changed so. */
export function photosThatLeft({ change, done, failures }: BatchOutcome, view: View): ReadonlySet<string> {
  const missing = failures.filter((failure) => failure.missing).map(({ photo }) => photo);
  const isGone = change.action === "delete_permanently" || (change.action === "remove_from_album" && change.album_id === view.album);
  const left = done.filter((photo) => isGone || !viewIncludes(view, photo));
  return new Set([...missing, ...left].map(({ photo_id }) => photo_id));
}

/** Why a request failed, and whether it may have had its effect. */
type RequestFailure = readonly [reason: string, uncertain: boolean];

/** Whether a request may have had its effect although it failed. */
function mayHaveActed(error: unknown): boolean {
  return error instanceof NetworkError || (error instanceof HttpError && error.status >= 500 && !error.isTransient);
}

/** Photos in batches, which may be loaded one by one. */
type PhotoBatches = readonly (readonly Photo[])[] | AsyncIterable<readonly Photo[]>;

function batches(photos: readonly Photo[], size: number): readonly (readonly Photo[])[] {
  return Array.from({ length: Math.ceil(photos.length / size) }, (_, index) => photos.slice(index * size, (index + 1) * size));
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
        before.filter((photo) => !isInAlbum(photo, change.album_id)),
      );
    case "remove_from_album":
      return operations(
        { action: "add_to_album", album_id: change.album_id },
        before.filter((photo) => isInAlbum(photo, change.album_id)),
      );
    case "approve":
    case "decline":
    case "delete_permanently":
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
    case "set_coordinates":
      return groupedOperations(before, (photo) => {
        const coordinates = ownCoordinates(photo);
        return areEqual(coordinates, change.coordinates) ? null : { action: "set_coordinates", coordinates };
      });
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

/** Whether one of the user's own photos is in an album. */
export function isInAlbum({ albums }: Photo, albumId: string): boolean {
  return albums?.includes(albumId) === true;
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
