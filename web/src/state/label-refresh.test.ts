import { describe, expect, it } from "vitest";

import { NetworkError } from "../core/errors.ts";
import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { type LabelProgress, LabelRefresh } from "./label-refresh.ts";

const progress = (change: Partial<LabelProgress> = {}): LabelProgress => ({
  state: "running",
  tags: [],
  photos: 2000,
  labeled: 0,
  started_at: "2026-11-27T10:00:00.000Z",
  finished_at: null,
  ...change,
});

/** A library whose progress the test sets. */
function library(...responses: (LabelProgress | Error)[]) {
  const clock = new FakeClock();
  const starts: (readonly string[])[] = [];
  let polls = 0;
  let last: LabelProgress | Error = progress({ state: "none", photos: 0, started_at: null });
  const respond = () => {
    last = responses.shift() ?? last;
    return last instanceof Error ? Promise.reject(last) : Promise.resolve(last);
  };
  const labels = new LabelRefresh(
    {
      getLabelRefresh: () => ((polls += 1), respond()),
      refreshLabels: (tags) => (starts.push(tags), respond()),
    },
    clock,
  );
  return { labels, clock, starts, polls: () => polls };
}

describe("load", () => {
  it("does not poll what is not running", async () => {
    const { labels, clock, polls } = library(progress({ state: "finished" }));
    await labels.load();
    await clock.advance(600_000);
    expect([labels.status, labels.progress?.state, polls()]).toEqual(["ready", "finished", 1]);
  });

  it("polls until it is finished", async () => {
    const { labels, clock, polls } = library(progress(), progress({ labeled: 500 }), progress({ labeled: 2000, state: "finished" }));
    await labels.load();
    await clock.advance(2000);
    expect(labels.progress?.labeled).toBe(500);
    await clock.advance(600_000);
    expect([labels.progress?.state, polls()]).toEqual(["finished", 3]);
  });

  it("sets the error and can load again", async () => {
    const { labels } = library(new NetworkError(), progress());
    await labels.load();
    expect([labels.status, labels.error]).toEqual(["failed", new NetworkError()]);
    await labels.load();
    expect([labels.status, labels.error]).toEqual(["ready", null]);
  });

  it("polls less and less often without progress, and goes on after an error", async () => {
    const { labels, clock, polls } = library(progress(), new NetworkError(), progress());
    await labels.load();
    await clock.advance(81_000);
    expect(polls()).toBe(8);
    await clock.advance(300_000);
    expect([labels.progress?.state, polls()]).toEqual(["running", 18]);
  });
});

describe("pause and resume", () => {
  it("does not poll while it is paused, and polls at once when it is resumed", async () => {
    const { labels, clock, polls } = library(progress());
    await labels.load();
    labels.pause();
    await clock.advance(600_000);
    expect(polls()).toBe(1);
    labels.resume();
    labels.resume();
    await flushPromises();
    expect(polls()).toBe(2);
    await clock.advance(2000);
    expect(polls()).toBe(3);
  });
});

describe("start", () => {
  it("starts once, and polls", async () => {
    const { labels, clock, starts } = library(progress({ state: "none" }), progress(), progress({ state: "finished" }));
    await labels.load();
    void labels.start(["beach"]);
    void labels.start(["beach"]);
    await flushPromises();
    expect([starts, labels.progress?.state]).toEqual([[["beach"]], "running"]);
    await clock.advance(2000);
    expect(labels.progress?.state).toBe("finished");
  });

  it("keeps the progress after an error", async () => {
    const { labels } = library(progress({ state: "finished" }), new NetworkError());
    await labels.load();
    await labels.start([]);
    expect([labels.starting, labels.error, labels.progress?.state]).toEqual([false, new NetworkError(), "finished"]);
  });
});
