import { describe, expect, it } from "vitest";

import { settled } from "../fakes/clock.ts";
import { Pending } from "../fakes/deferred.ts";
import { ids, photo } from "../fakes/photos.ts";
import type { Page } from "./feed.ts";
import type { Photo } from "./photo.ts";
import { before, Underway } from "./processing-photos.ts";

const processing = (photoId: string, day = 1): Photo => photo(photoId, day, { state: "processing", image_url: null });

function asked() {
  const questions: Pending<Page>[] = [];
  const underway = new Underway(() => {
    const question = new Pending<Page>();
    questions.push(question);
    return question.promise;
  });
  const answer = async (place: number, ...photos: Photo[]) => {
    questions[place]?.answer({ items: photos, cursor: null });
    await settled();
  };
  return { underway, questions, answer };
}

describe("photos underway", () => {
  it("are those that the library tells of, and are news only where they are others", async () => {
    const { underway, answer } = asked();
    let changes = 0;
    underway.watch(() => (changes += 1));
    const first = underway.look();
    await answer(0, processing("a"));
    const again = underway.look();
    await answer(1, processing("a"));
    const gone = underway.look();
    await answer(2);
    expect([await first, await again, await gone]).toEqual([true, false, true]);
    expect(changes).toBe(2);
  });

  it("stay until what has become ready is there", async () => {
    const { underway, answer } = asked();
    underway.learn(processing("a"));
    const refresh = new Pending<boolean>();
    const looking = underway.look(() => refresh.promise);
    await answer(0);
    expect(ids(underway.photos)).toEqual(["a"]);
    refresh.answer(true);
    expect(await looking).toBe(true);
    expect(underway.photos).toEqual([]);
  });

  it("stay known where they cannot be asked for, and what is new elsewhere is told all the same", async () => {
    const { underway, questions } = asked();
    underway.learn(processing("a"));
    const looking = underway.look(() => Promise.resolve(true));
    questions[0]?.fail(new Error("broken"));
    expect(await looking).toBe(true);
    expect(ids(underway.photos)).toEqual(["a"]);
  });

  it("come and go as is learnt of each, the newest first", () => {
    const { underway } = asked();
    underway.learn(processing("a", 1));
    underway.learn(processing("b", 2));
    underway.learn(photo("c", 3));
    expect(ids(underway.photos)).toEqual(["b", "a"]);
    underway.learn(photo("b", 2));
    expect(ids(underway.photos)).toEqual(["a"]);
    underway.learn(photo("a", 1, { state: "rejected" }));
    expect(underway.photos).toEqual([]);
  });

  it("do not come back by an answer that was on its way when they were ready", async () => {
    const { underway, answer } = asked();
    underway.learn(processing("a"));
    void underway.look();
    underway.learn(photo("a"));
    await answer(0, processing("a"));
    expect(underway.photos).toEqual([]);
  });

  it("are nobody's once nobody is signed in, even if an answer comes later", async () => {
    const { underway, answer } = asked();
    underway.learn(processing("a"));
    void underway.look();
    underway.forget();
    await answer(0, processing("a"));
    expect(underway.photos).toEqual([]);
  });
});

it("a photo that is in the timeline is no longer before it", () => {
  const timeline = [photo("b", 2), photo("a", 1)];
  expect(before(timeline, [])).toBe(timeline);
  expect(ids(before(timeline, [processing("c"), processing("b")]))).toEqual(["c", "b", "a"]);
});
