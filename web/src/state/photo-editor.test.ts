import { describe, expect, it } from "vitest";

import { Refused } from "../core/errors.ts";
import { settled } from "../fakes/clock.ts";
import { Pending } from "../fakes/deferred.ts";
import { photo } from "../fakes/photos.ts";
import { type Change, Editor, readWeight } from "./photo-editor.ts";
import type { Photo } from "./photo.ts";

/** An editor whose library answers when the test says so. */
function editing(said: Partial<Photo> = {}) {
  const edits: { change: Change; version: number; answer: Pending<Photo> }[] = [];
  const fetched: Pending<Photo | null>[] = [];
  const saved: Photo[] = [];
  const editor = new Editor(photo("a", 1, { tags: ["sea"], version: 3, ...said }), {
    edit: (_, change, version) => {
      const answer = new Pending<Photo>();
      edits.push({ change, version, answer });
      return answer.promise;
    },
    photo: () => {
      const answer = new Pending<Photo | null>();
      fetched.push(answer);
      return answer.promise;
    },
  }, (record) => saved.push(record));
  const tag = (word: string) => editor.change(({ tags }) => ({ tags: [...tags, word] }));
  return { editor, edits, fetched, saved, tag };
}

describe("a change", () => {
  it("is shown at once, and then as the library has made it", async () => {
    const { editor, edits, saved } = editing();
    const changing = editor.change(() => ({ status: "public" }));
    expect([editor.photo.status, editor.isSaving]).toEqual(["public", true]);
    await settled();
    expect(edits[0]).toMatchObject({ change: { status: "public" }, version: 3 });
    const made = photo("a", 1, { status: "public", version: 4 });
    edits[0]?.answer.answer(made);
    expect(await changing).toBe(true);
    expect([editor.photo, editor.isSaving, saved]).toEqual([made, false, [made]]);
  });

  it("waits for the one before it, and builds on what that made", async () => {
    const { editor, edits, tag } = editing();
    void tag("lake");
    void tag("snow");
    expect(editor.photo.tags).toEqual(["sea", "lake", "snow"]);
    await settled();
    expect(edits).toHaveLength(1);
    edits[0]?.answer.answer(photo("a", 1, { tags: ["sea", "lake", "blue"], version: 4 }));
    await settled();
    expect(edits[1]).toMatchObject({ change: { tags: ["sea", "lake", "blue", "snow"] }, version: 4 });
    expect(editor.photo.tags).toEqual(["sea", "lake", "blue", "snow"]);
  });

  it("that is refused is taken back, and told at its field", async () => {
    const { editor, edits, saved } = editing();
    const changing = editor.change(() => ({ label: "x".repeat(65) }));
    await settled();
    edits[0]?.answer.fail(new Refused(400, "invalid", "A label has at most 64 characters.", null, "label"));
    expect(await changing).toBe(false);
    expect(editor.fault).toEqual({ field: "label", sentence: "A label has at most 64 characters." });
    expect([editor.photo.label, saved]).toEqual([null, []]);
    void editor.change(() => ({ label: "sea" }));
    expect([editor.fault, editor.photo.label]).toEqual([null, "sea"]);
  });

  it("that somebody else overtook is not made: theirs is shown", async () => {
    const { editor, edits, fetched, saved, tag } = editing();
    const changing = tag("lake");
    await settled();
    edits[0]?.answer.fail(new Refused(412, "version_mismatch", "The photo has changed since you read it."));
    await settled();
    const theirs = photo("a", 1, { tags: ["harbour"], version: 9 });
    fetched[0]?.answer(theirs);
    expect(await changing).toBe(false);
    expect([editor.overtaken, editor.photo, saved, editor.fault]).toEqual([true, theirs, [theirs], null]);
    void tag("lake");
    await settled();
    expect([editor.overtaken, edits[1]?.version]).toEqual([false, 9]);
  });

  it("that somebody else overtook is a failure where theirs cannot be had", async () => {
    const { editor, edits, fetched, tag } = editing();
    const changing = tag("lake");
    await settled();
    edits[0]?.answer.fail(new Refused(412, "version_mismatch", "The photo has changed."));
    await settled();
    fetched[0]?.answer(null);
    await changing;
    expect([editor.overtaken, editor.photo.tags, editor.fault?.field]).toEqual([false, ["sea"], null]);
  });

  it("takes a label away", () => {
    const { editor } = editing({ label: "sea" });
    void editor.change(() => ({ label: "" }));
    expect(editor.photo.label).toBeNull();
  });
});

it("a record that came by itself counts if it is not older", () => {
  const { editor } = editing();
  editor.learn(photo("a", 1, { tags: ["new"], version: 4 }));
  editor.learn(photo("a", 1, { tags: ["old"], version: 3 }));
  expect(editor.photo.tags).toEqual(["new"]);
});

it("a weight lies between 0 and 1, with a point or a comma", () => {
  expect(["0.25", " 0,5 ", "0", "1", "-1", "", "much", "1e-6"].map(readWeight)).toEqual([
    0.25, 0.5, null, null, null, null, null, 0.000_001,
  ]);
});
