import { describe, expect, it } from "vitest";

import { HttpError } from "../core/errors.ts";
import { FakeClock } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { makePhoto } from "../fakes/photos.ts";
import type { Photo } from "./photo.ts";
import { isSettled, ProcessingPoller } from "./processing-poller.ts";

/** A watch over a library in which photos settle when the test says so. */
function watching() {
  const clock = new FakeClock();
  const library = new Map<string, Photo | null>();
  const asked: { at: number; what: string }[] = [];
  const told: [string, Photo | null][] = [];
  const state: { problem: Error | null; newest: readonly Photo[] } = { problem: null, newest: [] };
  const answer = <Answer>(what: string, found: Answer): Promise<Answer> => {
    asked.push({ at: clock.now(), what });
    return state.problem === null ? Promise.resolve(found) : Promise.reject(state.problem);
  };
  const watch = new ProcessingPoller(
    {
      newestPhotos: () => answer("newest", state.newest),
      getPhoto: (id) => {
        const settled = library.get(id);
        return answer(id, settled === undefined ? makePhoto(id, 1, { state: "processing" }) : settled);
      },
    },
    (id, settled) => told.push([id, settled]),
    clock,
  );
  const times = () => [...new Set(asked.map(({ at }) => at / 1000))];
  const askedAt = (seconds: number) => asked.filter(({ at }) => at === seconds * 1000).map(({ what }) => what);
  return { clock, library, told, state, watch, times, askedAt };
}

describe("waiting for a photo", () => {
  it("asks after 1, 2, 3 … and then every 10 seconds", async () => {
    const { clock, watch, times } = watching();
    watch.add("a");
    await clock.advance(76_000);
    expect(times()).toEqual([1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 65, 75]);
  });

  it("tells once what became of it, and asks no more", async () => {
    const { clock, library, told, watch, times } = watching();
    watch.add("a");
    await clock.advance(1000);
    library.set("a", makePhoto("a"));
    await clock.advance(60_000);
    expect(told).toEqual([["a", makePhoto("a")]]);
    expect(times()).toEqual([1, 3]);
  });

  it("tells of a photo that does not exist any more", async () => {
    const { clock, library, told, watch } = watching();
    watch.add("a");
    library.set("a", null);
    await clock.advance(1000);
    expect(told).toEqual([["a", null]]);
  });

  it("asks soon again when another one comes in or comes to an end", async () => {
    const { clock, library, watch, times } = watching();
    watch.add("a");
    await clock.advance(7000);
    watch.add("b");
    await clock.advance(1000);
    expect(times()).toEqual([1, 3, 6, 8]);
    library.set("b", makePhoto("b"));
    await clock.advance(3000);
    expect(times()).toEqual([1, 3, 6, 8, 10, 11]);
  });

  it("is not put off by photos that come one after the other", async () => {
    const { clock, watch, times } = watching();
    for (let each = 0; each < 8; each += 1) {
      watch.add(`p${each}`);
      await clock.advance(400);
    }
    expect(times()[0]).toBe(1);
  });

  it("asks soon again when it is told to", async () => {
    const { clock, watch, times } = watching();
    watch.pollSoon();
    watch.add("a");
    await clock.advance(16_000);
    watch.pollSoon();
    await clock.advance(1000);
    expect(times()).toEqual([1, 3, 6, 10, 15, 17]);
  });

  it("asks for a few one by one", async () => {
    const { clock, watch, askedAt } = watching();
    for (const id of ["a", "b", "c"]) watch.add(id);
    await clock.advance(1000);
    expect(askedAt(1)).toEqual(["a", "b", "c"]);
  });

  it("of many asks for one list first, and then for a handful of the others in turn", async () => {
    const { clock, state, told, watch, askedAt } = watching();
    const many = Array.from({ length: 10 }, (_, place) => `p${place}`);
    for (const id of many) watch.add(id);
    state.newest = [makePhoto("p2"), makePhoto("p0"), makePhoto("other")];
    await clock.advance(1000);
    expect(told.map(([id]) => id)).toEqual(["p2", "p0"]);
    expect(askedAt(1)).toEqual(["newest", "p1", "p3", "p4", "p5", "p6", "p7"]);
    await clock.advance(1000);
    expect(askedAt(2)).toEqual(["newest", "p8", "p9", "p1", "p3", "p4", "p5"]);
  });

  it("goes on after a fault, and honours how long the library asked it to wait", async () => {
    const { clock, library, told, state, watch, times } = watching();
    watch.add("a");
    state.problem = new HttpError(503, "unavailable", "", 9000);
    await clock.advance(2000);
    state.problem = new TypeError("no network");
    await clock.advance(8000);
    state.problem = null;
    library.set("a", makePhoto("a"));
    await clock.advance(20_000);
    expect(times()).toEqual([1, 10, 13]);
    expect(told).toHaveLength(1);
  });

  it("never asks twice at the same time", async () => {
    const clock = new FakeClock();
    const answers: Deferred<Photo | null>[] = [];
    const progress = {
      newestPhotos: () => Promise.resolve([]),
      getPhoto: () => {
        const answer = new Deferred<Photo | null>();
        answers.push(answer);
        return answer.promise;
      },
    };
    const watch = new ProcessingPoller(progress, () => undefined, clock);
    watch.add("a");
    await clock.advance(1000);
    watch.add("b");
    await clock.advance(30_000);
    expect(answers).toHaveLength(1);
    answers[0]?.resolve(makePhoto("a"));
    await clock.advance(2000);
    expect(answers).toHaveLength(2);
  });
});

it("a photo has settled in every state but the first two", () => {
  const states = ["uploading", "processing", "ready", "rejected", "duplicate", "trashed"] as const;
  expect(states.filter((state) => isSettled(makePhoto("a", 1, { state })))).toEqual(states.slice(2));
});
