import { describe, expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import { isSelectable, Selection } from "./selection.ts";

const ORDER = ["a", "b", "c", "d", "e"].map((photoId) => makePhoto(photoId));

function chosen(...photoIds: string[]) {
  const selection = new Selection();
  for (const photoId of photoIds) selection.toggle(makePhoto(photoId));
  return { selection, now: () => [...selection.selected].sort() };
}

describe("Selection", () => {
  it("toggles a photo", () => {
    const { selection, now } = chosen("a", "c");
    expect(now()).toEqual(["a", "c"]);
    selection.toggle(makePhoto("a"));
    expect([now(), selection.size]).toEqual([["c"], 1]);
  });

  it("extends from the last toggled photo in either direction and keeps the rest", () => {
    const { selection, now } = chosen("a", "d");
    selection.extendTo(makePhoto("e"), ORDER);
    expect(now()).toEqual(["a", "d", "e"]);
    selection.extendTo(makePhoto("c"), ORDER);
    expect(now()).toEqual(["a", "c", "d", "e"]);
  });

  it("selects one photo if there is no range start", () => {
    const { selection, now } = chosen();
    selection.extendTo(makePhoto("c"), ORDER);
    expect(now()).toEqual(["c"]);
    selection.clear();
    selection.extendTo(makePhoto("e"), ORDER);
    expect(now()).toEqual(["e"]);
    selection.toggle(makePhoto("gone"));
    selection.extendTo(makePhoto("a"), ORDER);
    expect(now()).toEqual(["a", "e", "gone"]);
  });

  it("adds, replaces and removes photos that need not be loaded", () => {
    const { selection, now } = chosen("a");
    selection.add([makePhoto("x"), makePhoto("y")]);
    expect(now()).toEqual(["a", "x", "y"]);
    selection.remove(["x", "z"]);
    expect(now()).toEqual(["a", "y"]);
    selection.replace([makePhoto("b")]);
    expect([now(), selection.photos.map(({ filename }) => filename)]).toEqual([["b"], ["b.jpg"]]);
  });

  it("takes over new records of the selected photos only", () => {
    const { selection, now } = chosen("a", "b");
    const { selected } = selection;
    let changes = 0;
    selection.watch(() => (changes += 1));
    const favorite = makePhoto("a", 1, { favorite: true });
    selection.update([favorite, makePhoto("c")]);
    expect([now(), selection.photos[0], changes]).toEqual([["a", "b"], favorite, 1]);
    expect(selection.selected).toBe(selected);
    selection.update([favorite]);
    expect(changes).toBe(1);
  });

  it("notifies only of changes", () => {
    const { selection } = chosen("a");
    let changes = 0;
    selection.watch(() => (changes += 1));
    selection.replace(selection.photos);
    selection.remove(["b"]);
    expect(changes).toBe(0);
    selection.clear();
    selection.clear();
    expect(changes).toBe(1);
  });
});

it("only own photos that are not being processed can be selected", () => {
  const selectable = [{}, { state: "trashed" }, { mine: false }, { state: "processing" }] as const;
  expect(selectable.map((overrides) => isSelectable(makePhoto("a", 1, overrides)))).toEqual([true, true, false, false]);
});
