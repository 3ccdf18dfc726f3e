import { beforeEach, describe, expect, it } from "vitest";

import { makePhoto, photoIds } from "../fakes/photos.ts";
import { ViewerList } from "./viewer-list.ts";

const FROM_START = { fromStart: true, toEnd: false };

let list: ViewerList;

beforeEach(() => {
  list = new ViewerList(["a", "b", "c", "d"].map((id) => makePhoto(id)));
});

function ids(): string[] {
  return photoIds(list.photos);
}

describe("the list", () => {
  it("takes each photo once, on both sides", () => {
    expect(list.append([makePhoto("d"), makePhoto("e")])).toBe(1);
    expect(list.prepend([makePhoto("z"), makePhoto("a")])).toBe(1);
    expect(ids()).toEqual(["z", "a", "b", "c", "d", "e"]);
  });

  it("updates photos in their places, and ignores others", () => {
    list.update(makePhoto("b", 1, { version: 2 }));
    list.update(makePhoto("x"));
    expect(list.photos.map(({ version }) => version)).toEqual([1, 2, 1, 1]);
  });

  it("does not take a removed photo again with the next page", () => {
    list.remove("d");
    expect(list.append([makePhoto("d"), makePhoto("e")])).toBe(1);
    expect(ids()).toEqual(["a", "b", "c", "e"]);
    expect(list.remove("d")).toBeNull();
  });

  it("puts a photo back between its neighbors, though others came before them", () => {
    const removed = list.remove("a");
    list.prepend([makePhoto("z")]);
    const index = removed === null ? -1 : list.restore(removed, makePhoto("a", 1, { version: 3 }));
    expect(ids()).toEqual(["z", "a", "b", "c", "d"]);
    expect(list.photos[index]?.version).toBe(3);
  });

  it("puts a photo back after the one before it, if the one after it is gone", () => {
    const removed = list.remove("b");
    list.remove("c");
    if (removed !== null) list.restore(removed, removed.photo);
    expect(ids()).toEqual(["a", "b", "d"]);
  });

  it("puts a photo back at its index, if both neighbors are gone", () => {
    const removed = list.remove("d");
    list.remove("c");
    if (removed !== null) list.restore(removed, removed.photo);
    expect(ids()).toEqual(["a", "b", "d"]);
  });
});

describe("the position in the view", () => {
  beforeEach(() => {
    list.total = { photos: 620, exact: true };
  });

  it("is of all photos of the view, not of those that are loaded", () => {
    expect(list.position(3, FROM_START)).toEqual({ number: 4, total: { photos: 620, exact: true } });
  });

  it("is not known unless the photos are loaded from the start of the view", () => {
    expect(list.position(3, { fromStart: false, toEnd: true })).toBeNull();
  });

  it("has no total while that is not known, or only a lower bound", () => {
    list.total = null;
    expect(list.position(0, FROM_START)).toEqual({ number: 1, total: null });
    list.total = { photos: 2, exact: false };
    expect(list.position(0, FROM_START)?.total).toEqual({ photos: 4, exact: false });
  });

  it("is among the loaded photos once these are all", () => {
    list.total = null;
    expect(list.position(0, { fromStart: true, toEnd: true })?.total).toEqual({ photos: 4, exact: true });
  });

  it("follows photos that leave the view and come back", () => {
    const removed = list.remove("b");
    expect(list.position(1, FROM_START)).toEqual({ number: 2, total: { photos: 619, exact: true } });
    if (removed !== null) list.restore(removed, removed.photo);
    expect(list.position(1, FROM_START)?.total?.photos).toBe(620);
  });

  it("leaves out a similar photo that is shown in between", () => {
    list.insert(makePhoto("x"), 1);
    expect(list.position(1, FROM_START)).toBeNull();
    expect(list.position(2, FROM_START)?.number).toBe(2);
    list.remove("x");
    expect(list.position(0, FROM_START)?.total?.photos).toBe(620);
    expect(list.position(9, FROM_START)).toBeNull();
  });
});
