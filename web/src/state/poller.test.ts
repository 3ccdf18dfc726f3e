import { expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { Poller } from "./poller.ts";

/** A watched poller of something that is in progress and never progresses; `polls` are the times of its polls. */
function watched() {
  const clock = new FakeClock();
  const start = clock.now();
  const polls: number[] = [];
  const poll = () => (polls.push(clock.now() - start), Promise.resolve(false));
  const poller = new Poller({ isInProgress: () => true, poll, delays: [1, 10, 100] }, clock);
  poller.watch();
  return { poller, clock, polls };
}

it("polls less and less often without progress", async () => {
  const { poller, clock, polls } = watched();
  poller.schedule();
  await clock.advance(300);
  expect(polls).toEqual([1, 11, 111, 211]);
});

it("polls soon again after something new, and not twice", async () => {
  const { poller, clock, polls } = watched();
  poller.schedule();
  await clock.advance(12);
  poller.scheduleSoon();
  await clock.advance(12);
  expect(polls).toEqual([1, 11, 13, 23]);
});
