import { expect, it } from "vitest";

import { makePhoto } from "../fakes/photos.ts";
import { createStorage } from "../fakes/preference-storage.ts";
import type { Photo } from "./photo.ts";
import { SentPhoto } from "./sent-photo.ts";

function createSentPhoto() {
  const storage = createStorage();
  const state: { user: string; photo: Photo | null; error: boolean } = { user: "ada", photo: null, error: false };
  const open = () =>
    new SentPhoto(
      () => (state.error ? Promise.reject(new Error("unreachable")) : Promise.resolve(state.photo)),
      storage,
      () => state.user,
    );
  open().set("a");
  return { state, sent: open() };
}

it("the photo is known after a reload, to its user only", () => {
  const { state, sent } = createSentPhoto();
  expect(sent.current).toBe("a");
  state.user = "bob";
  expect(sent.current).toBeNull();
});

it("it is forgotten once it is processed or gone, after the photos are loaded", async () => {
  for (const photo of [makePhoto("a"), makePhoto("a", 1, { state: "rejected" }), null]) {
    const { state, sent } = createSentPhoto();
    let notified = 0;
    sent.watch(() => (notified += 1));
    state.photo = photo;
    const seen: (string | null)[] = [];
    expect(await sent.refresh(() => Promise.resolve(seen.push(sent.current) > 0))).toBe(true);
    expect([...seen, sent.current, notified]).toEqual(["a", null, 1]);
  }
});

it("it stays while it waits, or the library is unreachable", async () => {
  const { state, sent } = createSentPhoto();
  for (const current of ["uploading", "processing"] as const) {
    state.photo = makePhoto("a", 1, { state: current });
    expect(await sent.refresh(() => Promise.resolve(false))).toBe(false);
  }
  state.error = true;
  await sent.refresh(() => Promise.resolve(false));
  expect(sent.current).toBe("a");
});
