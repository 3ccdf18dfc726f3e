import { describe, expect, it } from "vitest";

import { HttpError } from "../core/errors.ts";
import { FakeClock } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { makePhoto } from "../fakes/photos.ts";
import type { Photo } from "./photo.ts";
import { isSettled, ProcessingPoller } from "./processing-poller.ts";

/** A poller over an API whose photos settle when the test says so. */
function createPoller() {
  const clock = new FakeClock();
  const library = new Map<string, Photo | null>();
  const requests: { at: number; what: string }[] = [];
  const settled: [string, Photo | null][] = [];
  const state: { error: Error | null; newest: readonly Photo[] } = { error: null, newest: [] };
  const response = <FakeResponse>(what: string, found: FakeResponse): Promise<FakeResponse> => {
    requests.push({ at: clock.now(), what });
    return state.error === null ? Promise.resolve(found) : Promise.reject(state.error);
  };
  const poller = new ProcessingPoller(
    {
      recentPhotos: () => response("newest", state.newest),
      getPhoto: (id) => {
        const settled = library.get(id);
        return response(id, settled === undefined ? makePhoto(id, 1, { state: "processing" }) : settled);
      },
    },
    (id, photo) => settled.push([id, photo]),
    clock,
  );
  const times = () => [...new Set(requests.map(({ at }) => at / 1000))];
  const requestsAt = (seconds: number) => requests.filter(({ at }) => at === seconds * 1000).map(({ what }) => what);
  return { clock, library, settled, state, poller, times, requestsAt };
}

describe("ProcessingPoller", () => {
  it("polls three times within a second, then after 1, 2, 3 … and then every 10 seconds", async () => {
    const { clock, poller, times } = createPoller();
    poller.add("a");
    await clock.advance(77_000);
    expect(times()).toEqual([0.3, 0.6, 1, 2, 4, 7, 11, 16, 22, 29, 37, 46, 56, 66, 76]);
  });

  it("reports a processed photo once and stops polling", async () => {
    const { clock, library, settled, poller, times } = createPoller();
    poller.add("a");
    await clock.advance(1000);
    library.set("a", makePhoto("a"));
    await clock.advance(60_000);
    expect(settled).toEqual([["a", makePhoto("a")]]);
    expect(times()).toEqual([0.3, 0.6, 1, 2]);
  });

  it("reports a photo that does not exist", async () => {
    const { clock, library, settled, poller } = createPoller();
    poller.add("a");
    library.set("a", null);
    await clock.advance(1000);
    expect(settled).toEqual([["a", null]]);
  });

  it("polls soon again after a photo is added or processed", async () => {
    const { clock, library, poller, times } = createPoller();
    poller.add("a");
    await clock.advance(7000);
    poller.add("b");
    await clock.advance(1000);
    expect(times()).toEqual([0.3, 0.6, 1, 2, 4, 7, 7.3, 7.6, 8]);
    library.set("b", makePhoto("b"));
    await clock.advance(1700);
    expect(times()).toEqual([0.3, 0.6, 1, 2, 4, 7, 7.3, 7.6, 8, 9, 9.3, 9.6]);
  });

  it("is not postponed by added photos", async () => {
    const { clock, poller, times } = createPoller();
    for (let each = 0; each < 8; each += 1) {
      poller.add(`p${each}`);
      await clock.advance(200);
    }
    expect(times()[0]).toBe(0.3);
  });

  it("polls soon again on request", async () => {
    const { clock, poller, times } = createPoller();
    poller.pollSoon();
    poller.add("a");
    await clock.advance(16_000);
    poller.pollSoon();
    await clock.advance(1000);
    expect(times()).toEqual([0.3, 0.6, 1, 2, 4, 7, 11, 16, 16.3, 16.6, 17]);
  });

  it("requests a few photos one by one", async () => {
    const { clock, poller, requestsAt } = createPoller();
    for (const id of ["a", "b", "c"]) poller.add(id);
    await clock.advance(300);
    expect(requestsAt(0.3)).toEqual(["a", "b", "c"]);
  });

  it("requests one list for many photos, then a few others in turn", async () => {
    const { clock, state, settled, poller, requestsAt } = createPoller();
    const many = Array.from({ length: 10 }, (_, index) => `p${index}`);
    for (const id of many) poller.add(id);
    state.newest = [makePhoto("p2"), makePhoto("p0"), makePhoto("other")];
    await clock.advance(1000);
    expect(settled.map(([id]) => id)).toEqual(["p2", "p0"]);
    expect(requestsAt(0.3)).toEqual(["newest", "p1", "p3", "p4", "p5", "p6", "p7"]);
    await clock.advance(1000);
    expect(requestsAt(1.3)).toEqual(["newest", "p8", "p9", "p1", "p3", "p4", "p5"]);
  });

  it("continues after an error and honors Retry-After", async () => {
    const { clock, library, settled, state, poller, times } = createPoller();
    poller.add("a");
    state.error = new HttpError(503, "unavailable", "", 9000);
    await clock.advance(2000);
    state.error = new TypeError("no network");
    await clock.advance(7500);
    state.error = null;
    library.set("a", makePhoto("a"));
    await clock.advance(20_000);
    expect(times()).toEqual([0.3, 9.3, 9.7]);
    expect(settled).toHaveLength(1);
  });

  it("never polls twice at the same time", async () => {
    const clock = new FakeClock();
    const responses: Deferred<Photo | null>[] = [];
    const progress = {
      recentPhotos: () => Promise.resolve([]),
      getPhoto: () => {
        const response = new Deferred<Photo | null>();
        responses.push(response);
        return response.promise;
      },
    };
    const poller = new ProcessingPoller(progress, () => undefined, clock);
    poller.add("a");
    await clock.advance(1000);
    poller.add("b");
    await clock.advance(30_000);
    expect(responses).toHaveLength(1);
    responses[0]?.resolve(makePhoto("a"));
    await clock.advance(2000);
    expect(responses).toHaveLength(2);
  });
});

it("counts every state but the first two as settled", () => {
  const states = ["uploading", "processing", "ready", "rejected", "duplicate", "trashed"] as const;
  expect(states.filter((state) => isSettled(makePhoto("a", 1, { state })))).toEqual(states.slice(2));
});
