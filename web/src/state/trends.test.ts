import { describe, expect, it } from "vitest";

import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { type Trend, Trends } from "./trends.ts";
import type { Scope, TrendOrder } from "./view.ts";

const trend = (tag_name: string): Trend => ({
  tag_name,
  automatic: false,
  count: 1,
  cover_image: null,
  last_updated: "2026-02-01T00:00:00Z",
});

function createTrends() {
  const requests: (Deferred<readonly Trend[]> & { scope: Scope; order: TrendOrder })[] = [];
  const trends = new Trends((scope, order) => {
    const request = Object.assign(new Deferred<readonly Trend[]>(), { scope, order });
    requests.push(request);
    return request.promise;
  });
  return { trends, requests };
}

describe("Trends", () => {
  it("loads the tags of a scope in the selected order", async () => {
    const { trends, requests } = createTrends();
    void trends.load("mine", "count");
    requests[0]?.resolve([trend("Beach")]);
    await flushPromises();
    void trends.load("mine", "heat");
    requests[1]?.resolve([trend("Lake"), trend("Beach")]);
    await flushPromises();
    expect(requests.map(({ scope, order }) => [scope, order])).toEqual([
      ["mine", "count"],
      ["mine", "heat"],
    ]);
    expect(trends.items.map(({ tag_name }) => tag_name)).toEqual(["Lake", "Beach"]);
    expect(trends.isLoading).toBe(false);
  });

  it("removes private tags at once when the scope changes", async () => {
    const { trends, requests } = createTrends();
    void trends.load("mine", "count");
    requests[0]?.resolve([trend("Secret")]);
    await flushPromises();
    void trends.load("public", "count");
    expect(trends.items).toEqual([]);
  });

  it("keeps the tags after an error", async () => {
    const { trends, requests } = createTrends();
    void trends.load("mine", "count");
    requests[0]?.resolve([trend("Beach")]);
    await flushPromises();
    void trends.refresh();
    requests[1]?.reject(new Error("broken"));
    await flushPromises();
    expect(trends.items).toEqual([trend("Beach")]);
  });

  it("uses only the response to the latest request", async () => {
    const { trends, requests } = createTrends();
    void trends.load("mine", "count");
    void trends.load("public", "count");
    requests[1]?.resolve([trend("Public")]);
    requests[0]?.resolve([trend("Mine")]);
    await flushPromises();
    expect(trends.items).toEqual([trend("Public")]);
  });

  it("reloads once after many changes", async () => {
    const { trends, requests } = createTrends();
    const clock = new FakeClock();
    void trends.load("mine", "count");
    for (let photo = 0; photo < 9; photo += 1) trends.refreshAfter(1500, clock);
    await clock.advance(5000);
    expect(requests).toHaveLength(2);
    trends.refreshAfter(1500, clock);
    await clock.advance(1500);
    expect(requests).toHaveLength(3);
  });
});
