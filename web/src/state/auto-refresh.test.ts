import { describe, expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { AutoRefresh } from "./auto-refresh.ts";

function refreshing(refresh: (round: number) => boolean, interval: number | null = null) {
  const clock = new FakeClock();
  const times: number[] = [];
  const refresher = new AutoRefresh(
    () => {
      times.push(clock.now() / 1000);
      return new Promise((resolve) => {
        resolve(refresh(times.length));
      });
    },
    clock,
    interval,
  );
  return { clock, times, refresher };
}

describe("AutoRefresh", () => {
  it("refreshes less and less often without changes", async () => {
    const { clock, times, refresher } = refreshing(() => false);
    refresher.start();
    await clock.advance(250_000);
    expect(times).toEqual([5, 10, 18, 30, 50, 80, 125, 185, 245]);
  });

  it("refreshes at a constant interval if there is one", async () => {
    const { clock, times, refresher } = refreshing(() => false, 1000);
    refresher.start();
    await clock.advance(4000);
    expect(times).toEqual([1, 2, 3, 4]);
  });

  it("refreshes soon again after a change", async () => {
    const { clock, times, refresher } = refreshing((round) => round === 4);
    refresher.start();
    await clock.advance(42_000);
    expect(times).toEqual([5, 10, 18, 30, 35, 40]);
  });

  it("stops, and starts again with the shortest delay", async () => {
    const { clock, times, refresher } = refreshing(() => false);
    refresher.start();
    await clock.advance(12_000);
    refresher.stop();
    await clock.advance(100_000);
    expect(times).toEqual([5, 10]);
    refresher.start();
    await clock.advance(5000);
    expect(times).toEqual([5, 10, 117]);
  });

  it("continues after an error", async () => {
    const { clock, times, refresher } = refreshing(() => {
      throw new Error("broken");
    });
    refresher.start();
    await clock.advance(12_000);
    expect(times).toEqual([5, 10]);
  });

  it("keeps one schedule when it is started during a refresh", async () => {
    const clock = new FakeClock();
    const looks: Deferred<boolean>[] = [];
    const refresher = new AutoRefresh(() => {
      const look = new Deferred<boolean>();
      looks.push(look);
      return look.promise;
    }, clock);
    refresher.start();
    await clock.advance(5000);
    refresher.start();
    await clock.advance(1000);
    looks[0]?.resolve(false);
    await clock.advance(4000);
    expect(looks).toHaveLength(2);
    await clock.advance(4000);
    expect(looks).toHaveLength(2);
  });

  it("keeps one schedule however often it is started", async () => {
    const { clock, times, refresher } = refreshing(() => false);
    refresher.start();
    refresher.start();
    refresher.start();
    await clock.advance(11_000);
    expect(times).toEqual([5, 10]);
  });
});
