import { describe, expect, it } from "vitest";

import { FakeClock, settled } from "../fakes/clock.ts";
import { Pending } from "../fakes/deferred.ts";
import { type Trend, Trends } from "./trends.ts";
import type { Scope, TrendOrder } from "./view.ts";

const trend = (tag_name: string): Trend => ({ tag_name, count: 1, cover_image: null });

function asked() {
  const questions: (Pending<readonly Trend[]> & { scope: Scope; order: TrendOrder })[] = [];
  const trends = new Trends((scope, order) => {
    const question = Object.assign(new Pending<readonly Trend[]>(), { scope, order });
    questions.push(question);
    return question.promise;
  });
  return { trends, questions };
}

describe("trending tags", () => {
  it("are those of a scope, in the order chosen", async () => {
    const { trends, questions } = asked();
    void trends.show("mine", "count");
    questions[0]?.answer([trend("Beach")]);
    await settled();
    void trends.show("mine", "heat");
    questions[1]?.answer([trend("Lake"), trend("Beach")]);
    await settled();
    expect(questions.map(({ scope, order }) => [scope, order])).toEqual([["mine", "count"], ["mine", "heat"]]);
    expect(trends.items.map(({ tag_name }) => tag_name)).toEqual(["Lake", "Beach"]);
    expect(trends.waiting).toBe(false);
  });

  it("of one's own do not stand a moment longer when the scope is left", async () => {
    const { trends, questions } = asked();
    void trends.show("mine", "count");
    questions[0]?.answer([trend("Secret")]);
    await settled();
    void trends.show("public", "count");
    expect(trends.items).toEqual([]);
  });

  it("stay as they were where new ones cannot be had", async () => {
    const { trends, questions } = asked();
    void trends.show("mine", "count");
    questions[0]?.answer([trend("Beach")]);
    await settled();
    void trends.refresh();
    questions[1]?.fail(new Error("broken"));
    await settled();
    expect(trends.items).toEqual([trend("Beach")]);
  });

  it("follow the latest question, in whatever order answers come", async () => {
    const { trends, questions } = asked();
    void trends.show("mine", "count");
    void trends.show("public", "count");
    questions[1]?.answer([trend("Public")]);
    questions[0]?.answer([trend("Mine")]);
    await settled();
    expect(trends.items).toEqual([trend("Public")]);
  });

  it("are asked for once after many photos came in", async () => {
    const { trends, questions } = asked();
    const clock = new FakeClock();
    void trends.show("mine", "count");
    for (let photo = 0; photo < 9; photo += 1) trends.refreshWithin(1500, clock);
    await clock.pass(5000);
    expect(questions).toHaveLength(2);
    trends.refreshWithin(1500, clock);
    await clock.pass(1500);
    expect(questions).toHaveLength(3);
  });
});
