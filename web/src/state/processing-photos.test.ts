import { describe, expect, it } from "vitest";

import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { photoIds, makePhoto } from "../fakes/photos.ts";
import type { Page } from "./feed.ts";
import type { Photo } from "./photo.ts";
import { prependProcessing, ProcessingPhotos } from "./processing-photos.ts";

const processing = (photoId: string, day = 1): Photo => makePhoto(photoId, day, { state: "processing", image_url: null });

function asked() {
  const questions: Deferred<Page>[] = [];
  const underway = new ProcessingPhotos(() => {
    const question = new Deferred<Page>();
    questions.push(question);
    return question.promise;
  });
  const answer = async (place: number, ...photos: Photo[]) => {
    questions[place]?.resolve({ items: photos, cursor: null });
    await flushPromises();
  };
  return { underway, questions, answer };
}

describe("ProcessingPhotos", () => {
  it("loads the photos and reports whether they changed", async () => {
    const { underway, answer } = asked();
    let changes = 0;
    underway.watch(() => (changes += 1));
    const first = underway.refresh();
    await answer(0, processing("a"));
    const again = underway.refresh();
    await answer(1, processing("a"));
    const gone = underway.refresh();
    await answer(2);
    expect([await first, await again, await gone]).toEqual([true, false, true]);
    expect(changes).toBe(2);
  });

  it("keeps photos until the feed has loaded them", async () => {
    const { underway, answer } = asked();
    underway.update(processing("a"));
    const refresh = new Deferred<boolean>();
    const looking = underway.refresh(() => refresh.promise);
    await answer(0);
    expect(photoIds(underway.photos)).toEqual(["a"]);
    refresh.resolve(true);
    expect(await looking).toBe(true);
    expect(underway.photos).toEqual([]);
  });

  it("keeps the photos after an error and still reports changes of the feed", async () => {
    const { underway, questions } = asked();
    underway.update(processing("a"));
    const looking = underway.refresh(() => Promise.resolve(true));
    questions[0]?.reject(new Error("broken"));
    expect(await looking).toBe(true);
    expect(photoIds(underway.photos)).toEqual(["a"]);
  });

  it("adds and removes updated photos, newest first", () => {
    const { underway } = asked();
    underway.update(processing("a", 1));
    underway.update(processing("b", 2));
    underway.update(makePhoto("c", 3));
    expect(photoIds(underway.photos)).toEqual(["b", "a"]);
    underway.update(makePhoto("b", 2));
    expect(photoIds(underway.photos)).toEqual(["a"]);
    underway.update(makePhoto("a", 1, { state: "rejected" }));
    expect(underway.photos).toEqual([]);
  });

  it("ignores a response that was requested before an update", async () => {
    const { underway, answer } = asked();
    underway.update(processing("a"));
    void underway.refresh();
    underway.update(makePhoto("a"));
    await answer(0, processing("a"));
    expect(underway.photos).toEqual([]);
  });

  it("is empty after clear, even if a response arrives later", async () => {
    const { underway, answer } = asked();
    underway.update(processing("a"));
    void underway.refresh();
    underway.clear();
    await answer(0, processing("a"));
    expect(underway.photos).toEqual([]);
  });
});

it("omits photos that are in the timeline", () => {
  const timeline = [makePhoto("b", 2), makePhoto("a", 1)];
  expect(prependProcessing(timeline, [])).toBe(timeline);
  expect(photoIds(prependProcessing(timeline, [processing("c"), processing("b")]))).toEqual(["c", "b", "a"]);
});
