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

describe("photos underway", () => {
  it("are those that the library tells of, and are news only where they are others", async () => {
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

  it("stay until what has become ready is there", async () => {
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

  it("stay known where they cannot be asked for, and what is new elsewhere is told all the same", async () => {
    const { underway, questions } = asked();
    underway.update(processing("a"));
    const looking = underway.refresh(() => Promise.resolve(true));
    questions[0]?.reject(new Error("broken"));
    expect(await looking).toBe(true);
    expect(photoIds(underway.photos)).toEqual(["a"]);
  });

  it("come and go as is learnt of each, the newest first", () => {
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

  it("do not come back by an answer that was on its way when they were ready", async () => {
    const { underway, answer } = asked();
    underway.update(processing("a"));
    void underway.refresh();
    underway.update(makePhoto("a"));
    await answer(0, processing("a"));
    expect(underway.photos).toEqual([]);
  });

  it("are nobody's once nobody is signed in, even if an answer comes later", async () => {
    const { underway, answer } = asked();
    underway.update(processing("a"));
    void underway.refresh();
    underway.clear();
    await answer(0, processing("a"));
    expect(underway.photos).toEqual([]);
  });
});

it("a photo that is in the timeline is no longer before it", () => {
  const timeline = [makePhoto("b", 2), makePhoto("a", 1)];
  expect(prependProcessing(timeline, [])).toBe(timeline);
  expect(photoIds(prependProcessing(timeline, [processing("c"), processing("b")]))).toEqual(["c", "b", "a"]);
});
