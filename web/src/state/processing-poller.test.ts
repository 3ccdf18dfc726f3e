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
  const settled: [string, Photo | null][] = [];
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
    (id, photo) => settled.push([id, photo]),
    clock,
  );
  const times = () => [...new Set(asked.map(({ at }) => at / 1000))];
  const askedAt = (seconds: number) => asked.filter(({ at }) => at === seconds * 1000).map(({ what }) => what);
  return { clock, library, settled, state, watch, times, askedAt };
}

describe("ProcessingPoller", () => {
  it("polls after 1, 2, 3 … and then every 10 seconds", async () => {
    const { clock, watch, times } = watching();
    watch.add("a");
    await clock.advance(76_000);
    expect(times()).toEqual([1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 65, 75]);
  });

  it("reports a processed photo once and stops polling", async () => {
    const { clock, library, settled, watch, times } = watching();
    watch.add("a");
    await clock.advance(1000);
    library.set("a", makePhoto("a"));
    await clock.advance(60_000);
    expect(settled).toEqual([["a", makePhoto("a")]]);
    expect(times()).toEqual([1, 3]);
  });

  it("reports a photo that does not exist", async () => {
    const { clock, library, settled, watch } = watching();
    watch.add("a");
    library.set("a", null);
    await clock.advance(1000);
    expect(settled).toEqual([["a", null]]);
  });

  it("polls soon again after a photo is added or processed", async () => {
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

  it("is not postponed by added photos", async () => {
    const { clock, watch, times } = watching();
    for (let each = 0; each < 8; each += 1) {
      watch.add(`p${each}`);
      await clock.advance(400);
    }
    expect(times()[0]).toBe(1);
  });

  it("polls soon again on request", async () => {
    const { clock, watch, times } = watching();
    watch.pollSoon();
    watch.add("a");
    await clock.advance(16_000);
    watch.pollSoon();
    await clock.advance(1000);
    expect(times()).toEqual([1, 3, 6, 10, 15, 17]);
  });

  it("requests a few photos one by one", async () => {
    const { clock, watch, askedAt } = watching();
    for (const id of ["a", "b", "c"]) watch.add(id);
    await clock.advance(1000);
    expect(askedAt(1)).toEqual(["a", "b", "c"]);
  });

  it("requests one list for many photos, then a few others in turn", async () => {
    const { clock, state, settled, watch, askedAt } = watching();
    const many = Array.from({ length: 10 }, (_, place) => `p${place}`);
    for (const id of many) watch.add(id);
    state.newest = [makePhoto("p2"), makePhoto("p0"), makePhoto("other")];
    await clock.advance(1000);
    expect(settled.map(([id]) => id)).toEqual(["p2", "p0"]);
    expect(askedAt(1)).toEqual(["newest", "p1", "p3", "p4", "p5", "p6", "p7"]);
    await clock.advance(1000);
    expect(askedAt(2)).toEqual(["newest", "p8", "p9", "p1", "p3", "p4", "p5"]);
  });

  it("continues after an error and honors Retry-After", async () => {
    const { clock, library, settled, state, watch, times } = watching();
    watch.add("a");
    state.problem = new HttpError(503, "unavailable", "", 9000);
    await clock.advance(2000);
    state.problem = new TypeError("no network");
    await clock.advance(8000);
    state.problem = null;
    library.set("a", makePhoto("a"));
    await clock.advance(20_000);
    expect(times()).toEqual([1, 10, 13]);
    expect(settled).toHaveLength(1);
  });

  it("never polls twice at the same time", async () => {
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

it("counts every state but the first two as settled", () => {
  const states = ["uploading", "processing", "ready", "rejected", "duplicate", "trashed"] as const;
  expect(states.filter((state) => isSettled(makePhoto("a", 1, { state })))).toEqual(states.slice(2));
});
