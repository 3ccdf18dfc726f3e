import { describe, expect, it } from "vitest";

import { FakeClock, flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { type Completion, Completions } from "./completions.ts";

const REST = 150;

function asked() {
  const clock = new FakeClock();
  const questions: (Deferred<readonly Completion[]> & { prefix: string; scope: string })[] = [];
  const completions = new Completions((prefix, scope) => {
    const question = Object.assign(new Deferred<readonly Completion[]>(), { prefix, scope });
    questions.push(question);
    return question.promise;
  }, clock);
  const answer = async (place: number, ...tags: string[]) => {
    questions[place]?.resolve(tags.map((tag_name) => ({ tag_name, count: 1 })));
    await flushPromises();
  };
  const words = () => completions.current.items.map(({ tag_name }) => tag_name);
  return { clock, completions, questions, answer, words };
}

describe("Completions", () => {
  it("requests once when the typing pauses", async () => {
    const { clock, completions, questions, answer, words } = asked();
    for (const typed of ["m", "mo", "mou"]) {
      completions.complete(typed, "mine");
      await clock.advance(REST - 1);
    }
    expect(questions).toEqual([]);
    await clock.advance(1);
    expect(questions.map(({ prefix, scope }) => [prefix, scope])).toEqual([["mou", "mine"]]);
    await answer(0, "Mountain");
    expect(completions.current.prefix).toBe("mou");
    expect(words()).toEqual(["Mountain"]);
  });

  it("uses only the response to the latest request", async () => {
    const { clock, completions, answer, words } = asked();
    completions.complete("s", "mine");
    await clock.advance(REST);
    completions.complete("se", "mine");
    await answer(0, "Sky");
    expect(words()).toEqual([]);
    await clock.advance(REST);
    await answer(1, "Sea");
    expect(words()).toEqual(["Sea"]);
  });

  it("keeps completions until others arrive, and clears them without a prefix", async () => {
    const { clock, completions, answer, words } = asked();
    completions.complete("s", "mine");
    await clock.advance(REST);
    await answer(0, "Sea");
    completions.complete("se", "mine");
    expect(words()).toEqual(["Sea"]);
    completions.complete("", "mine");
    expect(words()).toEqual([]);
    await clock.advance(REST);
    await answer(1, "Sea");
    expect(words()).toEqual([]);
  });

  it("is empty after an error", async () => {
    const { clock, completions, questions, words } = asked();
    completions.complete("s", "mine");
    await clock.advance(REST);
    questions[0]?.reject(new Error("broken"));
    await flushPromises();
    expect(words()).toEqual([]);
    expect(completions.current.prefix).toBe("s");
  });
});
