import { describe, expect, it } from "vitest";

import { HttpError } from "../core/errors.ts";
import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { makePhoto } from "../fakes/photos.ts";
import { type PhotoUpdate, PhotoEditor, parseWeight } from "./photo-editor.ts";
import type { Photo } from "./photo.ts";

/** An editor over requests that the test resolves. */
function editing(overrides: Partial<Photo> = {}) {
  const edits: { change: PhotoUpdate; version: number; response: Deferred<Photo> }[] = [];
  const fetched: Deferred<Photo | null>[] = [];
  const saved: Photo[] = [];
  const editor = new PhotoEditor(
    makePhoto("a", 1, { tags: ["sea"], version: 3, ...overrides }),
    {
      updatePhoto: (_, change, version) => {
        const response = new Deferred<Photo>();
        edits.push({ change, version, response });
        return response.promise;
      },
      getPhoto: () => {
        const response = new Deferred<Photo | null>();
        fetched.push(response);
        return response.promise;
      },
    },
    (record) => saved.push(record),
  );
  const tag = (word: string) => editor.edit(({ tags }) => ({ tags: [...tags, word] }));
  return { editor, edits, fetched, saved, tag };
}

describe("an edit", () => {
  it("shows at once, then as saved", async () => {
    const { editor, edits, saved } = editing();
    const changing = editor.edit(() => ({ status: "public" }));
    expect([editor.photo.status, editor.isSaving]).toEqual(["public", true]);
    await flushPromises();
    expect(edits[0]).toMatchObject({ change: { status: "public" }, version: 3 });
    const made = makePhoto("a", 1, { status: "public", version: 4 });
    edits[0]?.response.resolve(made);
    expect(await changing).toBe(true);
    expect([editor.photo, editor.isSaving, saved]).toEqual([made, false, [made]]);
  });

  it("waits for the previous edit and builds on its result", async () => {
    const { editor, edits, tag } = editing();
    void tag("lake");
    void tag("snow");
    expect(editor.photo.tags).toEqual(["sea", "lake", "snow"]);
    await flushPromises();
    expect(edits).toHaveLength(1);
    edits[0]?.response.resolve(makePhoto("a", 1, { tags: ["sea", "lake", "blue"], version: 4 }));
    await flushPromises();
    expect(edits[1]).toMatchObject({ change: { tags: ["sea", "lake", "blue", "snow"] }, version: 4 });
    expect(editor.photo.tags).toEqual(["sea", "lake", "blue", "snow"]);
  });

  it("is reverted after a rejection, with an error for its field", async () => {
    const { editor, edits, saved } = editing();
    const changing = editor.edit(() => ({ label: "x".repeat(65) }));
    await flushPromises();
    edits[0]?.response.reject(new HttpError(400, "invalid", "A label can have at most 64 characters.", null, "label"));
    expect(await changing).toBe(false);
    expect(editor.error).toEqual({ field: "label", message: "A label can have at most 64 characters." });
    expect([editor.photo.label, saved]).toEqual([null, []]);
    void editor.edit(() => ({ label: "sea" }));
    expect([editor.error, editor.photo.label]).toEqual([null, "sea"]);
  });

  it("is dropped after a conflict, and the other version shows", async () => {
    const { editor, edits, fetched, saved, tag } = editing();
    const changing = tag("lake");
    await flushPromises();
    edits[0]?.response.reject(new HttpError(412, "version_mismatch", "The photo has changed since you read it."));
    await flushPromises();
    const theirs = makePhoto("a", 1, { tags: ["harbour"], version: 9 });
    fetched[0]?.resolve(theirs);
    expect(await changing).toBe(false);
    expect([editor.hasConflict, editor.photo, saved, editor.error]).toEqual([true, theirs, [theirs], null]);
    void tag("lake");
    await flushPromises();
    expect([editor.hasConflict, edits[1]?.version]).toEqual([false, 9]);
  });

  it("fails after a conflict if the other version cannot be loaded", async () => {
    const { editor, edits, fetched, tag } = editing();
    const changing = tag("lake");
    await flushPromises();
    edits[0]?.response.reject(new HttpError(412, "version_mismatch", "The photo has changed."));
    await flushPromises();
    fetched[0]?.resolve(null);
    await changing;
    expect([editor.hasConflict, editor.photo.tags, editor.error?.field]).toEqual([false, ["sea"], null]);
  });

  it("changes the time at once, or returns to the camera's", () => {
    const camera = { taken_local: "2026-03-14T23:30:00.450", offset: null };
    const { editor } = editing({ ...camera, camera_time: camera });
    const time = () => [editor.photo.taken_local, editor.photo.offset];
    void editor.edit(() => ({ offset: "-08:00" }));
    expect(time()).toEqual([camera.taken_local, "-08:00"]);
    void editor.edit(() => ({ taken_local: "2026-03-15T08:00:00" }));
    expect(time()).toEqual(["2026-03-15T08:00:00", "-08:00"]);
    void editor.edit(() => ({ taken_local: null }));
    expect(time()).toEqual([camera.taken_local, null]);
  });

  it("changes what is said of the photo at once, or returns to the file's", () => {
    const file = { caption: "Harbor", rating: 3, place: null, coordinates: null };
    const { editor } = editing({ caption: "Harbor", rating: 3, favorite: false, place: null, file });
    const fields = () => [editor.photo.caption, editor.photo.rating, editor.photo.place, editor.photo.favorite];
    void editor.edit(() => ({ caption: "Boats", rating: 0, place: "Lisbon", favorite: true }));
    expect(fields()).toEqual(["Boats", 0, "Lisbon", true]);
    void editor.edit(() => ({ caption: null, rating: null, place: null }));
    expect(fields()).toEqual(["Harbor", 3, null, true]);
  });

  it("removes a label", () => {
    const { editor } = editing({ label: "sea" });
    void editor.edit(() => ({ label: "" }));
    expect(editor.photo.label).toBeNull();
  });
});

it("receives a version from elsewhere if it is not older", () => {
  const { editor } = editing();
  editor.receive(makePhoto("a", 1, { tags: ["new"], version: 4 }));
  editor.receive(makePhoto("a", 1, { tags: ["old"], version: 3 }));
  expect(editor.photo.tags).toEqual(["new"]);
});

it("parses a weight between 0 and 1, with a point or a comma", () => {
  expect(["0.25", " 0,5 ", "0", "1", "-1", "", "much", "1e-6"].map(parseWeight)).toEqual([
    0.25,
    0.5,
    null,
    null,
    null,
    null,
    null,
    0.000_001,
  ]);
});
