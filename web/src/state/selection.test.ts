import { describe, expect, it } from "vitest";

import { Selection } from "./selection.ts";

const ORDER = ["a", "b", "c", "d", "e"];

function chosen(...photoIds: string[]) {
  const selection = new Selection();
  for (const photoId of photoIds) selection.toggle(photoId);
  return { selection, now: () => [...selection.selected].sort() };
}

describe("Selection", () => {
  it("toggles a photo", () => {
    const { selection, now } = chosen("a", "c");
    expect(now()).toEqual(["a", "c"]);
    selection.toggle("a");
    expect([now(), selection.size]).toEqual([["c"], 1]);
  });

  it("extends from the last toggled photo in either direction and keeps the rest", () => {
    const { selection, now } = chosen("a", "d");
    selection.extendTo("e", ORDER);
    expect(now()).toEqual(["a", "d", "e"]);
    selection.extendTo("c", ORDER);
    expect(now()).toEqual(["a", "c", "d", "e"]);
  });

  it("selects one photo if there is no range start", () => {
    const { selection, now } = chosen();
    selection.extendTo("c", ORDER);
    expect(now()).toEqual(["c"]);
    selection.clear();
    selection.extendTo("e", ORDER);
    expect(now()).toEqual(["e"]);
    selection.toggle("gone");
    selection.extendTo("a", ORDER);
    expect(now()).toEqual(["a", "e", "gone"]);
  });

  it("drops photos that are no longer available", () => {
    const { selection, now } = chosen("a", "b", "c");
    selection.retain(["b", "x"]);
    expect(now()).toEqual(["b"]);
  });

  it("notifies only of changes", () => {
    const { selection } = chosen("a");
    let changes = 0;
    selection.watch(() => (changes += 1));
    selection.retain(["a", "b"]);
    selection.replace(["a"]);
    expect(changes).toBe(0);
    selection.clear();
    selection.clear();
    expect(changes).toBe(1);
  });
});
