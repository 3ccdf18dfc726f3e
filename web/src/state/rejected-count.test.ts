import { describe, expect, it } from "vitest";

import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { makePhoto } from "../fakes/photos.ts";
import type { Page } from "./feed.ts";
import { RejectedCount } from "./rejected-count.ts";

function asked() {
  const questions: Deferred<Page>[] = [];
  const attention = new RejectedCount(() => {
    const question = new Deferred<Page>();
    questions.push(question);
    return question.promise;
  });
  const answer = async (place: number, count: number, cursor: string | null = null) => {
    questions[place]?.resolve({ items: Array.from({ length: count }, (_, id) => makePhoto(String(id))), cursor });
    await flushPromises();
  };
  return { attention, questions, answer };
}

describe("RejectedCount", () => {
  it("counts the photos of one page", async () => {
    const { attention, answer } = asked();
    let changes = 0;
    attention.watch(() => (changes += 1));
    void attention.refresh();
    await answer(0, 2);
    expect(attention.current).toEqual({ count: 2, more: false });
    void attention.refresh();
    await answer(1, 2);
    expect(changes).toBe(1);
    void attention.refresh();
    await answer(2, 100, "further");
    expect(attention.current).toEqual({ count: 100, more: true });
  });

  it("keeps the count after an error", async () => {
    const { attention, questions, answer } = asked();
    void attention.refresh();
    await answer(0, 3);
    void attention.refresh();
    questions[1]?.reject(new Error("broken"));
    await flushPromises();
    expect(attention.current.count).toBe(3);
  });

  it("is empty after clear, even if a response arrives later", async () => {
    const { attention, answer } = asked();
    void attention.refresh();
    attention.clear();
    await answer(0, 3);
    expect(attention.current.count).toBe(0);
  });
});
