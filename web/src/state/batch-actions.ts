/**
 * What is done to several of one's own photos at once, and how it is undone.
 *
 * The library takes so many photos a call and answers for each; what fails with one keeps no other waiting. A call that
 * fails altogether ends it: what was done until then is done, and the rest is told as not done.
 */
import { Observable } from "../core/observable.ts";
import { explain } from "../i18n/common.ts";
import type { Photo } from "./photo.ts";
import { isSameTag } from "./search-terms.ts";

export type BatchAction = "trash" | "restore" | "tag" | "untag" | "publish" | "hide";
/** What can be done with photos, the end of them included. */
export type PhotoAction = BatchAction | "erase";

export type BatchResult =
  | { readonly photo_id: string; readonly ok: true; readonly photo: Photo }
  | { readonly photo_id: string; readonly ok: false; readonly error: string };

/** The library's part. */
export interface BatchApi {
  /** One action on at most `MOST` photos, a result for each. */
  runBatch(photoIds: readonly string[], action: BatchAction, tags: readonly string[]): Promise<readonly BatchResult[]>;
  /** Deletes a photo for ever. */
  deletePhoto(photoId: string): Promise<void>;
}

/** Photos that one call takes. */
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
  /** The photos as they are now; for those that are gone, as they were. */
  readonly done: readonly Photo[];
  readonly failures: readonly BatchFailure[];
  /** What would undo it; nothing where that cannot be, or nothing changed. */
  readonly undo: readonly BatchOperation[];
}

/** How far something has got. */
export interface BatchProgress {
  readonly action: PhotoAction;
  readonly done: number;
  readonly total: number;
}

export class BatchActions extends Observable {
  readonly #api: BatchApi;

  /** What is being done, or null; one thing at a time. */
  progress: BatchProgress | null = null;

  constructor(curator: BatchApi) {
    super();
    this.#api = curator;
  }

  /** Does something to all of these photos; null while something else is being done. */
  async perform({ action, photos, tags }: BatchOperation): Promise<BatchOutcome | null> {
    const before = new Map(photos.map((photo) => [photo.photo_id, photo]));
    return await this.#run(action, tags, photos, BATCH_SIZE, async (some) => {
      const results = await this.#api.runBatch(some.map(({ photo_id }) => photo_id), action, tags);
      const byId = new Map(results.map((result) => [result.photo_id, result]));
      return some.map((photo) => {
        const result = byId.get(photo.photo_id);
        return result?.ok === true ? result.photo : { photo, reason: result?.error ?? explain(null) };
      });
    }, (done) => undoOperations(action, tags, done.map((photo) => before.get(photo.photo_id) ?? photo)));
  }

  /** Deletes photos for ever; null while something else is being done. */
  async deletePermanently(photos: readonly Photo[]): Promise<BatchOutcome | null> {
    return await this.#run("erase", [], photos, 1, async (some) => {
      for (const { photo_id } of some) await this.#api.deletePhoto(photo_id);
      return some;
    }, () => []);
  }

  async #run(
    action: PhotoAction,
    tags: readonly string[],
    photos: readonly Photo[],
    most: number,
    doIt: (some: readonly Photo[]) => Promise<readonly (Photo | BatchFailure)[]>,
    undo: (done: readonly Photo[]) => readonly BatchOperation[],
  ): Promise<BatchOutcome | null> {
    if (this.progress !== null) return null;
    const [done, failures]: [Photo[], BatchFailure[]] = [[], []];
    for (let place = 0; place < photos.length; place += most) {
      this.#setProgress({ action, done: place, total: photos.length });
      try {
        for (const result of await doIt(photos.slice(place, place + most))) {
          if ("reason" in result && "photo" in result) failures.push(result);
          else done.push(result);
        }
      } catch (problem) {
        failures.push(...photos.slice(place).map((photo) => ({ photo, reason: explain(problem) })));
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

/** What makes photos again what they were `before` an action; those that it did not change are left alone. */
export function undoOperations(action: BatchAction, tags: readonly string[], before: readonly Photo[]): readonly BatchOperation[] {
  switch (action) {
    case "trash":
      return operations("restore", before.filter(({ state }) => state !== "trashed"));
    case "restore":
      return operations("trash", before.filter(({ state }) => state === "trashed"));
    case "publish":
      return operations("hide", before.filter(({ status }) => status === "private"));
    case "hide":
      return operations("publish", before.filter(({ status }) => status === "public"));
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

/** One step for all photos that the same tags are to be taken from, or given to. */
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
