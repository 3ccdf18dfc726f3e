import { expect, it } from "vitest";

import { HttpError } from "../core/errors.ts";
import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { makePhoto } from "../fakes/photos.ts";
import { type DescriptionEdit, DescriptionEdits } from "./description-edits.ts";
import { PhotoEditor, type PhotoUpdate } from "./photo-editor.ts";
import { Toaster } from "./toaster.ts";
import { updatedDescriptions } from "./descriptions.ts";

const FILE = { caption: "Harbor", rating: 3, place: "Lisbon, Portugal", coordinates: { latitude: 38.7, longitude: -9.1 } };

/** Edits of one photo, which the API accepts unless `error` is set. */
function createEdits(error: Error | null = null) {
  const updates: PhotoUpdate[] = [];
  let photo = makePhoto("a", 1, { ...FILE, file: FILE, favorite: false });
  const api = {
    updatePhoto: (_: string, update: PhotoUpdate, version: number) => {
      updates.push(update);
      if (error !== null) return Promise.reject(error);
      const { favorite = photo.favorite === true } = update;
      photo = { ...photo, ...updatedDescriptions(photo, update), favorite, version: version + 1 };
      return Promise.resolve(photo);
    },
    getPhoto: () => Promise.resolve({ ...photo, version: 9 }),
  };
  const [toaster, editor] = [new Toaster(new FakeClock()), new PhotoEditor(photo, api, () => undefined)];
  const edits = new DescriptionEdits(toaster);
  return { updates, toaster, editor, edit: (edit: DescriptionEdit) => edits.edit(editor, edit) };
}

it("reports an edit, and undoes it", async () => {
  const { updates, toaster, editor, edit } = createEdits();
  expect(await edit({ rating: 5 })).toBe(true);
  expect(toaster.toast?.message).toBe("Rated 5 stars.");
  toaster.undo();
  await flushPromises();
  expect(updates).toEqual([{ rating: 5 }, { rating: null }]);
  expect([editor.photo.rating, toaster.toast?.message, toaster.toast?.undo]).toEqual([3, "Undone.", null]);
});

it("undoes a reset to what the user had said", async () => {
  const { updates, toaster, edit } = createEdits();
  await edit({ caption: "Boats" });
  await edit({ caption: null });
  expect(toaster.toast?.message).toBe("Reset to what the file says.");
  toaster.undo();
  await flushPromises();
  expect(updates.at(-1)).toEqual({ caption: "Boats" });
});

it("undoes a position", async () => {
  const { updates, toaster, editor, edit } = createEdits();
  await edit({ coordinates: { latitude: 41.1, longitude: -8.6 } });
  expect(toaster.toast?.message).toBe("Position saved.");
  await edit({ coordinates: { latitude: 0, longitude: 0 } });
  expect([toaster.toast?.message, editor.photo.coordinates]).toEqual(["Position removed.", null]);
  toaster.undo();
  await flushPromises();
  expect(updates.at(-1)).toEqual({ coordinates: { latitude: 41.1, longitude: -8.6 } });
  await edit({ coordinates: null });
  expect([toaster.toast?.message, editor.photo.coordinates]).toEqual(["Reset to what the file says.", FILE.coordinates]);
});

it("undoes a favorite", async () => {
  const { updates, toaster, edit } = createEdits();
  await edit({ favorite: true });
  expect(toaster.toast?.message).toBe("Added to favorites.");
  toaster.undo();
  await flushPromises();
  expect(updates.at(-1)).toEqual({ favorite: false });
});

it("says why an edit was rejected, without undo", async () => {
  const { toaster, edit } = createEdits(new HttpError(400, "invalid", "The place is too long.", null, "place"));
  expect(await edit({ place: "x" })).toBe(false);
  expect(toaster.toast).toMatchObject({ message: "The place is too long.", undo: null });
});

it("says that someone else changed the photo", async () => {
  const { toaster, editor, edit } = createEdits(new HttpError(412, "version_mismatch", "The photo has changed."));
  expect(await edit({ favorite: true })).toBe(false);
  expect([toaster.toast?.message.slice(0, 33), editor.photo.version]).toEqual(["This photo was changed elsewhere.", 9]);
});
