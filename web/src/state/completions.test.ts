import { describe, expect, it } from "vitest";

import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { type Completion, Completions } from "./completions.ts";

const REST = 150;

function createCompletions() {
  const clock = new FakeClock();
  const requests: (Deferred<readonly Completion[]> & { prefix: string; scope: string })[] = [];
  const completions = new Completions((prefix, scope) => {
    const request = Object.assign(new Deferred<readonly Completion[]>(), { prefix, scope });
    requests.push(request);
    return request.promise;
  }, clock);
  const response = async (index: number, ...tags: string[]) => {
    requests[index]?.resolve(tags.map((tag_name) => ({ tag_name, count: 1 })));
    await flushPromises();
  };
  const prefixes = () => completions.current.items.map(({ tag_name }) => tag_name);
  return { clock, completions, requests, response, prefixes };
}

describe("Completions", () => {
  it("requests once when the typing pauses", async () => {
    const { clock, completions, requests, response, prefixes } = createCompletions();
    for (const typed of ["m", "mo", "mou"]) {
      completions.complete(typed, "mine");
      await clock.advance(REST - 1);
    }
    expect(requests).toEqual([]);
    await clock.advance(1);
    expect(requests.map(({ prefix, scope }) => [prefix, scope])).toEqual([["mou", "mine"]]);
    await response(0, "Mountain");
    expect(completions.current.prefix).toBe("mou");
    expect(prefixes()).toEqual(["Mountain"]);
  });

  it("uses only the response to the latest request", async () => {
    const { clock, completions, response, prefixes } = createCompletions();
    completions.complete("s", "mine");
    await clock.advance(REST);
    completions.complete("se", "mine");
    await response(0, "Sky");
    expect(prefixes()).toEqual([]);
    await clock.advance(REST);
    await response(1, "Sea");
    expect(prefixes()).toEqual(["Sea"]);
  });

  it("keeps completions until others arrive, and clears them without a prefix", async () => {
    const { clock, completions, response, prefixes } = createCompletions();
    completions.complete("s", "mine");
    await clock.advance(REST);
    await response(0, "Sea");
    completions.complete("se", "mine");
    expect(prefixes()).toEqual(["Sea"]);
    completions.complete("", "mine");
    expect(prefixes()).toEqual([]);
    await clock.advance(REST);
    await response(1, "Sea");
    expect(prefixes()).toEqual([]);
  });

  it("is empty after an error", async () => {
    const { clock, completions, requests, prefixes } = createCompletions();
    completions.complete("s", "mine");
    await clock.advance(REST);
    requests[0]?.reject(new Error("broken"));
    await flushPromises();
    expect(prefixes()).toEqual([]);
    expect(completions.current.prefix).toBe("s");
  });
});
