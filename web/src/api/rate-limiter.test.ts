import { expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { RateLimiter } from "./rate-limiter.ts";

/** When `count` requests, all queued now, are sent, in ms from now. */
function departures(pacer: RateLimiter, clock: FakeClock, count: number): number[] {
  const [began, left] = [clock.now(), [] as number[]];
  for (let each = 0; each < count; each += 1) void pacer.acquire().then(() => left.push(clock.now() - began));
  return left;
}

/** Whether a token bucket of a rate and size allows all of them. */
function passes(times: readonly number[], rate: number, burst: number): boolean {
  let [tokens, before] = [burst, times[0] ?? 0];
  return times.every((at) => {
    tokens = Math.min(burst, tokens + ((at - before) / 1000) * rate) - 1;
    before = at;
    return tokens >= 0;
  });
}

it("allows a burst, then 12.5 requests per second", async () => {
  const clock = new FakeClock();
  const left = departures(new RateLimiter(clock), clock, 306);
  await clock.advance(0);
  expect(left).toHaveLength(6);
  await clock.advance(24_000);
  expect(left).toHaveLength(306);
  expect(passes(left, 20, 10)).toBe(true);
});

it("allows a burst again after a pause, and no more", async () => {
  const clock = new FakeClock();
  const pacer = new RateLimiter(clock);
  departures(pacer, clock, 20);
  await clock.advance(60_000);
  const left = departures(pacer, clock, 10);
  await clock.advance(0);
  expect(left).toHaveLength(6);
});

it("blocks all requests during a pause", async () => {
  const clock = new FakeClock();
  const pacer = new RateLimiter(clock);
  pacer.pauseFor(5000);
  const left = departures(pacer, clock, 2);
  await clock.advance(4999);
  expect(left).toEqual([]);
  await clock.advance(1000);
  expect(left[0]).toBe(5000);
  expect(left).toHaveLength(2);
});
