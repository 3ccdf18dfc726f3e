import { describe, expect, it } from "vitest";

import { settled } from "../fakes/clock.ts";
import { Pending } from "../fakes/deferred.ts";
import { photo } from "../fakes/photos.ts";
import type { Page } from "./feed.ts";
import { Attention } from "./rejected-count.ts";

function asked() {
  const questions: Pending<Page>[] = [];
  const attention = new Attention(() => {
    const question = new Pending<Page>();
    questions.push(question);
    return question.promise;
  });
  const answer = async (place: number, count: number, cursor: string | null = null) => {
    questions[place]?.answer({ items: Array.from({ length: count }, (_, id) => photo(String(id))), cursor });
    await settled();
  };
  return { attention, questions, answer };
}

describe("attention", () => {
  it("is counted, as far as one page reaches", async () => {
    const { attention, answer } = asked();
    let changes = 0;
    attention.watch(() => (changes += 1));
    void attention.look();
    await answer(0, 2);
    expect(attention.rejected).toEqual({ count: 2, more: false });
    void attention.look();
    await answer(1, 2);
    expect(changes).toBe(1);
    void attention.look();
    await answer(2, 100, "further");
    expect(attention.rejected).toEqual({ count: 100, more: true });
  });

  it("stays known where it cannot be counted", async () => {
    const { attention, questions, answer } = asked();
    void attention.look();
    await answer(0, 3);
    void attention.look();
    questions[1]?.fail(new Error("broken"));
    await settled();
    expect(attention.rejected.count).toBe(3);
  });

  it("is nobody's once nobody is signed in, even if an answer comes later", async () => {
    const { attention, answer } = asked();
    void attention.look();
    attention.forget();
    await answer(0, 3);
    expect(attention.rejected.count).toBe(0);
  });
});
