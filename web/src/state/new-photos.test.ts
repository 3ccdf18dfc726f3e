import { expect, it } from "vitest";

import { makePhoto, photoIds } from "../fakes/photos.ts";
import { NewPhotos } from "./new-photos.ts";

function createNewPhotos() {
  const released: string[][] = [];
  return { released, newPhotos: new NewPhotos((photos) => released.push(photoIds(photos))) };
}

it("photos are released all at once when nothing is uploaded any more", () => {
  const { released, newPhotos } = createNewPhotos();
  newPhotos.setUploading(true);
  newPhotos.add(makePhoto("a"));
  newPhotos.add(makePhoto("b"));
  expect(released).toEqual([]);
  newPhotos.setUploading(false);
  newPhotos.setUploading(false);
  expect(released).toEqual([["a", "b"]]);
});

it("a photo is released at once while nothing is uploaded", () => {
  const { released, newPhotos } = createNewPhotos();
  newPhotos.add(makePhoto("a"));
  expect(released).toEqual([["a"]]);
});

it("watchers are notified when uploads start and end", () => {
  const { newPhotos } = createNewPhotos();
  const changes: boolean[] = [];
  newPhotos.watch(() => changes.push(newPhotos.uploading));
  for (const uploading of [true, true, false]) newPhotos.setUploading(uploading);
  expect(changes).toEqual([true, false]);
});
