import { describe, expect, it } from "vitest";

import { FakeClock } from "./fakes/clock.ts";
import { photo } from "./fakes/photos.ts";
import { Pending } from "./fakes/promises.ts";
import type { Photo } from "./photo.ts";
import { Refused } from "./problems.ts";
import { hasSettled, ProcessingWatch } from "./watch.ts";

/** A watch over a library in which photos settle when the test says so. */
function watching() {
  const clock = new FakeClock();
  const library = new Map<string, Photo | null>();
  const looks: { at: number; ids: string[] }[] = [];
  const told: [string, Photo | null][] = [];
  const state: { problem: Error | null } = { problem: null };
  const watch = new ProcessingWatch(
    (ids) => {
      looks.push({ at: clock.now(), ids: [...ids] });
      if (state.problem) return Promise.reject(state.problem);
      return Promise.resolve(new Map([...library].filter(([id]) => ids.includes(id))));
    },
    (id, settled) => told.push([id, settled]),
    clock,
  );
  const times = () => looks.map(({ at }) => at / 1000);
  return { clock, library, looks, told, state, watch, times };
}

describe("waiting for a photo", () => {
  it("asks after 1, 2, 3 … and then every 10 seconds", async () => {
    const { clock, watch, times } = watching();
    watch.add("a");
    await clock.pass(76_000);
    expect(times()).toEqual([1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 65, 75]);
  });

  it("tells once what became of it, and asks no more", async () => {
    const { clock, library, told, watch, looks } = watching();
    watch.add("a");
    await clock.pass(1000);
    library.set("a", photo("a"));
    await clock.pass(60_000);
    expect(told).toEqual([["a", photo("a")]]);
    expect(looks).toHaveLength(2);
  });

  it("tells of a photo that does not exist any more", async () => {
    const { clock, library, told, watch } = watching();
    watch.add("a");
    library.set("a", null);
    await clock.pass(1000);
    expect(told).toEqual([["a", null]]);
  });

  it("asks soon again when another one comes in or comes to an end", async () => {
    const { clock, library, watch, times } = watching();
    watch.add("a");
    await clock.pass(7000);
    watch.add("b");
    await clock.pass(1000);
    expect(times()).toEqual([1, 3, 6, 8]);
    library.set("b", photo("b"));
    await clock.pass(3000);
    expect(times()).toEqual([1, 3, 6, 8, 10, 11]);
  });

  it("asks for all of them at once", async () => {
    const { clock, watch, looks } = watching();
    watch.add("a");
    watch.add("b");
    await clock.pass(1000);
    expect(looks).toEqual([{ at: 1000, ids: ["a", "b"] }]);
  });

  it("goes on after a fault, and honours how long the library asked it to wait", async () => {
    const { clock, library, told, state, watch, times } = watching();
    watch.add("a");
    state.problem = new Refused(503, "unavailable", "", 9000);
    await clock.pass(2000);
    state.problem = new TypeError("no network");
    await clock.pass(8000);
    state.problem = null;
    library.set("a", photo("a"));
    await clock.pass(20_000);
    expect(times()).toEqual([1, 10, 13]);
    expect(told).toHaveLength(1);
  });

  it("never asks twice at the same time", async () => {
    const clock = new FakeClock();
    const answers: Pending<Map<string, Photo | null>>[] = [];
    const watch = new ProcessingWatch(
      () => {
        const answer = new Pending<Map<string, Photo | null>>();
        answers.push(answer);
        return answer.promise;
      },
      () => undefined,
      clock,
    );
    watch.add("a");
    await clock.pass(1000);
    watch.add("b");
    await clock.pass(30_000);
    expect(answers).toHaveLength(1);
    answers[0]?.answer(new Map());
    await clock.pass(2000);
    expect(answers).toHaveLength(2);
  });
});

it("a photo has settled in every state but the first two", () => {
  const states = ["uploading", "processing", "ready", "rejected", "duplicate", "trashed"] as const;
  expect(states.filter((state) => hasSettled(photo("a", 1, { state })))).toEqual(states.slice(2));
});
