/**
 * Actions on several of the user's own photos, and how to undo them.
 *
 * A request takes up to `BATCH_SIZE` photos and returns one result per photo; one failure does not stop the others. If
 * a whole request fails, the operation ends: earlier photos stay changed, and the rest count as failed.
 */
import type { components, paths } from "../api/schema.d.ts";
import { Observable } from "../core/observable.ts";
import { explain } from "../i18n/common.ts";
import type { Photo } from "./photo.ts";
import { isSameTag } from "./search-terms.ts";

export type BatchAction = paths["/photos/batch"]["post"]["requestBody"]["content"]["application/json"]["action"];
/** Everything that can be done to photos. */
export type PhotoAction = BatchAction | "delete";

export type BatchResult = components["schemas"]["BatchResult"];

/** The API routes for batches. */
export interface BatchApi {
  /** Performs one action on at most `BATCH_SIZE` photos; returns one result per photo. */
  runBatch(photoIds: readonly string[], action: BatchAction, tags: readonly string[]): Promise<readonly BatchResult[]>;
  /** Deletes a photo permanently. */
  deletePhoto(photoId: string): Promise<void>;
}

/** How many photos one request takes. */
export const BATCH_SIZE = 100;

export interface BatchOperation {
  readonly action: BatchAction;
  readonly photos: readonly Photo[];
  readonly tags: readonly string[];
}

export interface BatchFailure {
  readonly photo: Photo;
  readonly reason: string;
}

export interface BatchOutcome {
  readonly action: PhotoAction;
  readonly tags: readonly string[];
  /** The changed photos; deleted photos as they were. */
  readonly done: readonly Photo[];
  readonly failures: readonly BatchFailure[];
  /** The operations that undo it; empty if nothing changed or it cannot be undone. */
  readonly undo: readonly BatchOperation[];
}

/** The progress of a running operation. */
export interface BatchProgress {
  readonly action: PhotoAction;
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
  async perform({ action, photos, tags }: BatchOperation): Promise<BatchOutcome | null> {
    const before = new Map(photos.map((photo) => [photo.photo_id, photo]));
    return await this.#run(
      action,
      tags,
      photos,
      BATCH_SIZE,
      async (batch) => {
        const results = await this.#api.runBatch(
          batch.map(({ photo_id }) => photo_id),
          action,
          tags,
        );
        const byId = new Map(results.map((result) => [result.photo_id, result]));
        return batch.map((photo) => {
          const result = byId.get(photo.photo_id);
          return result?.ok === true ? (result.photo ?? photo) : { photo, reason: result?.error ?? explain(null) };
        });
      },
      (done) =>
        undoOperations(
          action,
          tags,
          done.map((photo) => before.get(photo.photo_id) ?? photo),
        ),
    );
  }

  /** Deletes photos permanently; null while an operation runs. */
  async deletePermanently(photos: readonly Photo[]): Promise<BatchOutcome | null> {
    return await this.#run(
      "delete",
      [],
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
    action: PhotoAction,
    tags: readonly string[],
    photos: readonly Photo[],
    batchSize: number,
    performOn: (batch: readonly Photo[]) => Promise<readonly (Photo | BatchFailure)[]>,
    undo: (done: readonly Photo[]) => readonly BatchOperation[],
  ): Promise<BatchOutcome | null> {
    if (this.progress !== null) return null;
    const [done, failures]: [Photo[], BatchFailure[]] = [[], []];
    for (let index = 0; index < photos.length; index += batchSize) {
      this.#setProgress({ action, done: index, total: photos.length });
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
    return { action, tags, done, failures, undo: undo(done) };
  }

  #setProgress(working: BatchProgress | null): void {
    this.progress = working;
    this.notifyWatchers();
  }
}

/** The operations that return photos to what they were `before` an action, without those that it did not change. */
export function undoOperations(action: BatchAction, tags: readonly string[], before: readonly Photo[]): readonly BatchOperation[] {
  switch (action) {
    case "trash":
      return operations(
        "restore",
        before.filter(({ state }) => state !== "trashed"),
      );
    case "restore":
      return operations(
        "trash",
        before.filter(({ state }) => state === "trashed"),
      );
    case "publish":
      return operations(
        "hide",
        before.filter(({ status }) => status === "private"),
      );
    case "hide":
      return operations(
        "publish",
        before.filter(({ status }) => status === "public"),
      );
    case "tag":
      return tagOperations(before, (photo) => tags.filter((tag) => !hasTag(photo, tag)), "untag");
    case "untag":
      return tagOperations(before, (photo) => tags.filter((tag) => hasTag(photo, tag)), "tag");
  }
}

function operations(action: BatchAction, photos: readonly Photo[], tags: readonly string[] = []): readonly BatchOperation[] {
  return photos.length === 0 ? [] : [{ action, photos, tags }];
}

function hasTag(photo: Photo, tag: string): boolean {
  return photo.tags.some((other) => isSameTag(tag, other));
}

/** One operation for all photos that lose, or get, the same tags. */
function tagOperations(
  before: readonly Photo[],
  tagsOf: (photo: Photo) => readonly string[],
  action: BatchAction,
): readonly BatchOperation[] {
  const groups = new Map<string, Photo[]>();
  for (const photo of before) {
    const key = JSON.stringify(tagsOf(photo));
    groups.set(key, [...(groups.get(key) ?? []), photo]);
  }
  return [...groups].flatMap(([key, photos]) => {
    const tags = JSON.parse(key) as string[];
    return tags.length === 0 ? [] : operations(action, photos, tags);
  });
}
