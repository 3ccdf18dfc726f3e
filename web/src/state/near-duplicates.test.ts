import { describe, expect, it } from "vitest";

import { NetworkError } from "../core/errors.ts";
import { makePhoto, photoIds } from "../fakes/photos.ts";
import type { BatchChange, BatchResult } from "./batch-actions.ts";
import { type NearDuplicatePage, NearDuplicates, isReviewed, othersOf } from "./near-duplicates.ts";
import type { Photo } from "./photo.ts";

/** Near-duplicates over pages of groups, the first photo of each to keep, and photos whose changes fail. */
function createDuplicates(pages: readonly (readonly (readonly Photo[])[])[], refused: readonly string[] = []) {
  const calls: [string, readonly string[], readonly string[]][] = [];
  const changed: string[] = [];
  const photos = new Map(pages.flat(2).map((photo) => [photo.photo_id, photo]));
  const api = {
    failing: false,
    listNearDuplicates: (cursor: string | null): Promise<NearDuplicatePage> => {
      if (api.failing) return Promise.reject(new NetworkError());
      const index = Number(cursor ?? 0);
      return Promise.resolve({
        items: (pages[index] ?? []).map((group) => ({ keep: group[0]?.photo_id ?? "", photos: [...group] })),
        cursor: index + 1 < pages.length ? String(index + 1) : null,
        as_of: "2026-11-20T12:00:00Z",
      });
    },
    runBatch: (ids: readonly string[], change: BatchChange): Promise<readonly BatchResult[]> => {
      calls.push([change.action, ids, "tags" in change ? change.tags : []]);
      return Promise.resolve(
        ids.map((id) => {
          if (refused.includes(id)) return { photo_id: id, ok: false as const, error: "Not now.", code: "conflict" };
          const photo = { ...(photos.get(id) ?? makePhoto(id)) };
          if (change.action === "trash") photo.state = "trashed";
          if (change.action === "restore") photo.state = "ready";
          if (change.action === "tag") photo.tags = [...photo.tags, ...change.tags];
          photos.set(id, photo);
          return { photo_id: id, ok: true as const, photo };
        }),
      );
    },
  };
  const duplicates = new NearDuplicates(api, (each) => changed.push(...photoIds(each)));
  const group = (index = 0) => {
    const found = duplicates.groups[index];
    if (found === undefined) throw new Error("there is no such group");
    return found;
  };
  return { api, duplicates, calls, changed, group };
}

const tagged = (id: string, tags: string[], autoTags: string[] = []) => makePhoto(id, 1, { tags: [...tags, ...autoTags], autoTags });
const PAIR = [tagged("large", ["lake"]), tagged("small", ["lake", "anna"], ["blue"])];

describe("load", () => {
  it("shows the groups of a page with the proposed photo to keep", async () => {
    const { duplicates, group } = createDuplicates([[PAIR]]);
    await duplicates.load();
    expect([duplicates.status, duplicates.hasMore, duplicates.asOf]).toEqual(["ready", false, "2026-11-20T12:00:00Z"]);
    expect(photoIds(othersOf(group()))).toEqual(["small"]);
  });

  it("adds the next page, without photos that are in earlier groups", async () => {
    const { duplicates } = createDuplicates([[PAIR], [PAIR, [makePhoto("a"), makePhoto("b")]]]);
    await duplicates.load();
    await duplicates.load();
    expect(duplicates.groups.map(({ id }) => id)).toEqual(["large", "a"]);
  });

  it("skips pages without groups", async () => {
    const { duplicates } = createDuplicates([[], [], [PAIR]]);
    await duplicates.load();
    expect([duplicates.groups.length, duplicates.status]).toEqual([1, "ready"]);
  });

  it("reports a failure, and goes on where it was", async () => {
    const { api, duplicates } = createDuplicates([[PAIR], [[makePhoto("a"), makePhoto("b")]]]);
    await duplicates.load();
    api.failing = true;
    await duplicates.load();
    expect([duplicates.status, duplicates.groups.length]).toEqual(["failed", 1]);
    api.failing = false;
    await duplicates.load();
    expect([duplicates.status, duplicates.groups.length]).toEqual(["ready", 2]);
  });
});

describe("moveToTrash", () => {
  it("copies the tags that people gave, then moves the others", async () => {
    const { duplicates, calls, changed, group } = createDuplicates([[PAIR]]);
    await duplicates.load();
    expect(await duplicates.moveToTrash(group())).toBe(true);
    expect(calls).toEqual([
      ["tag", ["large"], ["anna"]],
      ["trash", ["small"], []],
    ]);
    expect(changed).toEqual(["large", "small"]);
    expect(group().photos.map(({ state }) => state)).toEqual(["ready", "trashed"]);
  });

  it("leaves tags as they are if the user chose it", async () => {
    const { duplicates, calls, group } = createDuplicates([[PAIR]]);
    await duplicates.load();
    duplicates.setCopiesTags(false);
    await duplicates.moveToTrash(group());
    expect(calls.map(([action]) => action)).toEqual(["trash"]);
  });

  it("moves what was chosen", async () => {
    const { duplicates, calls, group } = createDuplicates([[PAIR]]);
    await duplicates.load();
    duplicates.toggle(group(), "large");
    duplicates.toggle(group(), "small");
    await duplicates.moveToTrash(group());
    expect(calls.at(-1)).toEqual(["trash", ["large"], []]);
  });

  it("remembers that the others are kept together", async () => {
    const { duplicates, calls, group } = createDuplicates([[["a", "b", "c"].map((id) => makePhoto(id))]]);
    await duplicates.load();
    duplicates.toggle(group(), "b");
    expect(await duplicates.moveToTrash(group())).toBe(true);
    expect(calls).toEqual([
      ["keep", ["a", "b"], []],
      ["trash", ["c"], []],
    ]);
    calls.length = 0;
    await duplicates.undo(group());
    expect(calls).toEqual([
      ["restore", ["c"], []],
      ["unkeep", ["a", "b"], []],
    ]);
  });

  it("moves all photos of a group without copying tags", async () => {
    const { duplicates, calls, group } = createDuplicates([[PAIR]]);
    await duplicates.load();
    duplicates.toggle(group(), "large");
    await duplicates.moveToTrash(group());
    expect(calls).toEqual([["trash", ["large", "small"], []]]);
  });

  it("moves nothing if the tags could not be copied", async () => {
    const { duplicates, calls, group } = createDuplicates([[PAIR]], ["large"]);
    await duplicates.load();
    expect(await duplicates.moveToTrash(group())).toBe(false);
    expect([calls.length, group().error, group().undo]).toEqual([1, "Not now.", []]);
  });

  it("does one thing at a time", async () => {
    const { duplicates, calls, group } = createDuplicates([[PAIR]]);
    await duplicates.load();
    const moves = [duplicates.moveToTrash(group()), duplicates.moveToTrash(group())];
    expect(await Promise.all(moves)).toEqual([true, false]);
    expect(calls.length).toBe(2);
  });
});

describe("keepAll", () => {
  it("keeps all photos, and undo proposes them again", async () => {
    const { duplicates, calls, group } = createDuplicates([[PAIR]]);
    await duplicates.load();
    expect(isReviewed(group())).toBe(false);
    expect([await duplicates.keepAll(group()), isReviewed(group())]).toEqual([true, true]);
    expect([await duplicates.undo(group()), isReviewed(group())]).toEqual([true, false]);
    expect(calls).toEqual([
      ["keep", ["large", "small"], []],
      ["unkeep", ["large", "small"], []],
    ]);
    expect(photoIds(othersOf(group()))).toEqual(["small"]);
  });

  it("can be repeated if not all photos could be kept", async () => {
    const { duplicates, calls, group } = createDuplicates([[PAIR]], ["small"]);
    await duplicates.load();
    expect([await duplicates.keepAll(group()), isReviewed(group()), group().error]).toEqual([false, false, "Not now."]);
    await duplicates.keepAll(group());
    expect(calls[1]).toEqual(calls[0]);
  });
});

describe("undo", () => {
  it("restores photos, then removes the tags that were copied", async () => {
    const { duplicates, calls, group } = createDuplicates([[PAIR]]);
    await duplicates.load();
    await duplicates.moveToTrash(group());
    calls.length = 0;
    expect(await duplicates.undo(group())).toBe(true);
    expect(calls).toEqual([
      ["restore", ["small"], []],
      ["untag", ["large"], ["anna"]],
    ]);
    expect([group().undo, group().photos.map(({ state }) => state)]).toEqual([[], ["ready", "ready"]]);
  });
});
