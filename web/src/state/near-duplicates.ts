/**
 * Groups of near-duplicates: which photos of a group to keep, and how the others are moved to the trash.
 */
import type { paths } from "../api/schema.d.ts";
import { Observable } from "../core/observable.ts";
import { BatchActions, type BatchApi, type BatchOperation, hasTag } from "./batch-actions.ts";
import type { Photo } from "./photo.ts";
import { MAX_TAGS } from "./upload-validation.ts";

export type NearDuplicatePage = paths["/photos/near-duplicates"]["get"]["responses"][200]["content"]["application/json"];

/** The API routes for near-duplicates. */
export interface NearDuplicateApi extends BatchApi {
  /** A page of the user's groups, newest first. */
  listNearDuplicates(cursor: string | null): Promise<NearDuplicatePage>;
}

export interface NearDuplicateGroup {
  /** The id of the photo that the library proposes to keep. */
  readonly id: string;
  readonly photos: readonly Photo[];
  readonly keep: ReadonlySet<string>;
  /** What reverts the last action on the group; empty if there is none. */
  readonly undo: readonly BatchOperation[];
  /** Why not everything could be moved or brought back; else null. */
  readonly error: string | null;
}

export class NearDuplicates extends Observable {
  readonly #api: NearDuplicateApi;
  readonly #batch: BatchActions;
  readonly #onChanged: (photos: readonly Photo[]) => void;
  #cursor: string | null = null;

  status: "loading" | "ready" | "failed" = "loading";
  groups: readonly NearDuplicateGroup[] = [];
  /** When the photos were compared; null before the first time. */
  asOf: string | null = null;
  error: unknown = null;
  /** Whether the photos to keep get the tags of the others. */
  copiesTags = true;
  /** The group whose photos are being moved, or null. */
  busy: string | null = null;

  /** `onChanged` is called with photos that were moved to the trash, restored, or got tags. */
  constructor(api: NearDuplicateApi, onChanged: (photos: readonly Photo[]) => void) {
    super();
    this.#api = api;
    this.#batch = new BatchActions(api);
    this.#onChanged = onChanged;
  }

  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** Loads the first page, or the next one; a page without groups is followed by another. */
  async load(): Promise<void> {
    this.#set({ status: "loading", error: null });
    try {
      let added = 0;
      do {
        const page = await this.#api.listNearDuplicates(this.#cursor);
        added = this.#add(page);
      } while (added === 0 && this.hasMore);
      this.#set({ status: "ready" });
    } catch (error) {
      this.#set({ status: "failed", error });
    }
  }

  /** Keeps a photo of a group, or no longer. */
  toggle(group: NearDuplicateGroup, photoId: string): void {
    const keep = new Set(group.keep);
    if (!keep.delete(photoId)) keep.add(photoId);
    this.#replace({ ...group, keep });
  }

  setCopiesTags(copiesTags: boolean): void {
    this.#set({ copiesTags });
  }

  /**
   * Moves the photos of a group that the user does not keep to the trash, after their tags were copied, and marks the
   * others to be kept; true if all went well.
   */
  async moveToTrash(group: NearDuplicateGroup): Promise<boolean> {
    const keep = group.photos.filter(({ photo_id }) => group.keep.has(photo_id));
    const others = othersOf(group);
    const tags = this.copiesTags ? tagsToCopy(keep, others) : [];
    const copy: BatchOperation[] = tags.length === 0 ? [] : [{ change: { action: "tag", tags }, photos: keep }];
    return await this.#perform(group, [...copy, ...keepTogether(keep), { change: { action: "trash" }, photos: others }]);
  }

  /** Marks all photos of a group to be kept, so that it is not proposed again. */
  async keepAll(group: NearDuplicateGroup): Promise<boolean> {
    return await this.#perform(group, keepTogether(group.photos));
  }

  /** Brings the photos of a group back, with the tags that all had before. */
  async undo(group: NearDuplicateGroup): Promise<boolean> {
    const done = await this.#perform({ ...group, undo: [] }, group.undo);
    const current = this.groups.find(({ id }) => id === group.id);
    if (current !== undefined) this.#replace({ ...current, undo: [] });
    return done;
  }

  /** Performs operations in order, up to the first that fails. */
  async #perform(group: NearDuplicateGroup, operations: readonly BatchOperation[]): Promise<boolean> {
    if (this.busy !== null) return false;
    this.#set({ busy: group.id });
    let [photos, undo, error]: [readonly Photo[], readonly BatchOperation[], string | null] = [group.photos, [], null];
    for (const operation of operations) {
      const outcome = await this.#batch.perform(operation);
      if (outcome === null) break;
      const changed = new Map(outcome.done.map((photo) => [photo.photo_id, photo]));
      photos = photos.map((photo) => changed.get(photo.photo_id) ?? photo);
      undo = [...outcome.undo, ...undo];
      error = outcome.failures[0]?.reason ?? null;
      this.#onChanged(outcome.done);
      if (error !== null) break;
    }
    this.busy = null;
    this.#replace({ ...group, photos, undo, error });
    return error === null;
  }

  #add(page: NearDuplicatePage): number {
    this.#cursor = page.cursor;
    this.asOf = page.as_of;
    // The library may have compared the photos again since the page before.
    const known = new Set(this.groups.flatMap(({ photos }) => photos.map(({ photo_id }) => photo_id)));
    const added = page.items
      .filter(({ photos }) => photos.every(({ photo_id }) => !known.has(photo_id)))
      .map(({ keep, photos }) => ({ id: keep, photos, keep: new Set([keep]), undo: [], error: null }));
    this.groups = [...this.groups, ...added];
    return added.length;
  }

  #replace(group: NearDuplicateGroup): void {
    this.#set({ groups: this.groups.map((other) => (other.id === group.id ? group : other)) });
  }

  #set(changes: Partial<Pick<NearDuplicates, "status" | "groups" | "error" | "copiesTags" | "busy">>): void {
    Object.assign(this, changes);
    this.notifyWatchers();
  }
}

/** The photos of a group that the user does not keep. */
export function othersOf({ photos, keep }: NearDuplicateGroup): readonly Photo[] {
  return photos.filter(({ photo_id }) => !keep.has(photo_id));
}

/** Whether the user has decided which photos of a group to keep. */
export function isReviewed({ photos, undo, error }: NearDuplicateGroup): boolean {
  return photos.some(({ state }) => state === "trashed") || (undo.length > 0 && error === null);
}

/** The operation that marks photos to be kept; none for a single photo, which is in no group. */
function keepTogether(photos: readonly Photo[]): readonly BatchOperation[] {
  return photos.length < 2 ? [] : [{ change: { action: "keep" }, photos }];
}

/** The tags that people added to `others` and that not all of `keep` have. */
function tagsToCopy(keep: readonly Photo[], others: readonly Photo[]): readonly string[] {
  const added = others.flatMap(({ tags, autoTags }) => tags.filter((tag) => !autoTags.includes(tag)));
  const missing = [...new Set(added)].filter((tag) => keep.some((photo) => !hasTag(photo, tag)));
  return missing.slice(0, MAX_TAGS);
}
