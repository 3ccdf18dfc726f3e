/**
 * What is done to several of one's own photos at once, and how it is undone.
 *
 * The library takes so many photos a call and answers for each; what fails with one keeps no other waiting. A call that
 * fails altogether ends it: what was done until then is done, and the rest is told as not done.
 */
import { Observable } from "../core/observable.ts";
import { explain } from "../i18n/common.ts";
import type { Photo } from "./photo.ts";
import { sameTag } from "./search-terms.ts";

export type Action = "trash" | "restore" | "tag" | "untag" | "publish" | "hide";
/** What can be done with photos, the end of them included. */
export type Deed = Action | "erase";

export type Result =
  | { readonly photo_id: string; readonly ok: true; readonly photo: Photo }
  | { readonly photo_id: string; readonly ok: false; readonly error: string };

/** The library's part. */
export interface Curator {
  /** One action on at most `MOST` photos, a result for each. */
  change(photoIds: readonly string[], action: Action, tags: readonly string[]): Promise<readonly Result[]>;
  /** Deletes a photo for ever. */
  erase(photoId: string): Promise<void>;
}

/** Photos that one call takes. */
export const MOST = 100;

export interface Step {
  readonly action: Action;
  readonly photos: readonly Photo[];
  readonly tags: readonly string[];
}

export interface Failure {
  readonly photo: Photo;
  readonly reason: string;
}

export interface Outcome {
  readonly deed: Deed;
  readonly tags: readonly string[];
  /** The photos as they are now; for those that are gone, as they were. */
  readonly done: readonly Photo[];
  readonly failures: readonly Failure[];
  /** What would undo it; nothing where that cannot be, or nothing changed. */
  readonly undo: readonly Step[];
}

/** How far something has got. */
export interface Working {
  readonly deed: Deed;
  readonly done: number;
  readonly total: number;
}

export class Curation extends Observable {
  readonly #curator: Curator;

  /** What is being done, or null; one thing at a time. */
  working: Working | null = null;

  constructor(curator: Curator) {
    super();
    this.#curator = curator;
  }

  /** Does something to all of these photos; null while something else is being done. */
  async perform({ action, photos, tags }: Step): Promise<Outcome | null> {
    const before = new Map(photos.map((photo) => [photo.photo_id, photo]));
    return await this.#through(action, tags, photos, MOST, async (some) => {
      const results = await this.#curator.change(some.map(({ photo_id }) => photo_id), action, tags);
      const byId = new Map(results.map((result) => [result.photo_id, result]));
      return some.map((photo) => {
        const result = byId.get(photo.photo_id);
        return result?.ok === true ? result.photo : { photo, reason: result?.error ?? explain(null) };
      });
    }, (done) => undoing(action, tags, done.map((photo) => before.get(photo.photo_id) ?? photo)));
  }

  /** Deletes photos for ever; null while something else is being done. */
  async erase(photos: readonly Photo[]): Promise<Outcome | null> {
    return await this.#through("erase", [], photos, 1, async (some) => {
      for (const { photo_id } of some) await this.#curator.erase(photo_id);
      return some;
    }, () => []);
  }

  async #through(
    deed: Deed,
    tags: readonly string[],
    photos: readonly Photo[],
    most: number,
    doIt: (some: readonly Photo[]) => Promise<readonly (Photo | Failure)[]>,
    undo: (done: readonly Photo[]) => readonly Step[],
  ): Promise<Outcome | null> {
    if (this.working !== null) return null;
    const [done, failures]: [Photo[], Failure[]] = [[], []];
    for (let place = 0; place < photos.length; place += most) {
      this.#become({ deed, done: place, total: photos.length });
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
    this.#become(null);
    return { deed, tags, done, failures, undo: undo(done) };
  }

  #become(working: Working | null): void {
    this.working = working;
    this.changed();
  }
}

/** What makes photos again what they were `before` an action; those that it did not change are left alone. */
export function undoing(action: Action, tags: readonly string[], before: readonly Photo[]): readonly Step[] {
  switch (action) {
    case "trash":
      return steps("restore", before.filter(({ state }) => state !== "trashed"));
    case "restore":
      return steps("trash", before.filter(({ state }) => state === "trashed"));
    case "publish":
      return steps("hide", before.filter(({ status }) => status === "private"));
    case "hide":
      return steps("publish", before.filter(({ status }) => status === "public"));
    case "tag":
      return changed(before, (photo) => tags.filter((tag) => !has(photo, tag)), "untag");
    case "untag":
      return changed(before, (photo) => tags.filter((tag) => has(photo, tag)), "tag");
  }
}

function steps(action: Action, photos: readonly Photo[], tags: readonly string[] = []): readonly Step[] {
  return photos.length === 0 ? [] : [{ action, photos, tags }];
}

function has(photo: Photo, tag: string): boolean {
  return photo.tags.some((other) => sameTag(tag, other));
}

/** One step for all photos that the same tags are to be taken from, or given to. */
function changed(
  before: readonly Photo[],
  tagsOf: (photo: Photo) => readonly string[],
  action: Action,
): readonly Step[] {
  const groups = new Map<string, Photo[]>();
  for (const photo of before) {
    const key = JSON.stringify(tagsOf(photo));
    groups.set(key, [...(groups.get(key) ?? []), photo]);
  }
  return [...groups].flatMap(([key, photos]) => {
    const tags = JSON.parse(key) as string[];
    return tags.length === 0 ? [] : steps(action, photos, tags);
  });
}
