import { describe, expect, it } from "vitest";

import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { makePhoto } from "../fakes/photos.ts";
import type { Page } from "./photo-list.ts";
import { RejectedCount } from "./rejected-count.ts";

function createCount() {
  const requests: Deferred<Page>[] = [];
  const rejectedCount = new RejectedCount(() => {
    const request = new Deferred<Page>();
    requests.push(request);
    return request.promise;
  });
  const response = async (index: number, count: number, cursor: string | null = null) => {
    requests[index]?.resolve({ items: Array.from({ length: count }, (_, id) => makePhoto(String(id))), cursor });
    await flushPromises();
  };
  return { rejectedCount, requests, response };
}

describe("RejectedCount", () => {
  it("counts the photos of one page", async () => {
    const { rejectedCount, response } = createCount();
    let changes = 0;
    rejectedCount.watch(() => (changes += 1));
    void rejectedCount.refresh();
    await response(0, 2);
    expect(rejectedCount.current).toEqual({ count: 2, more: false });
    void rejectedCount.refresh();
    await response(1, 2);
    expect(changes).toBe(1);
    void rejectedCount.refresh();
    await response(2, 100, "further");
    expect(rejectedCount.current).toEqual({ count: 100, more: true });
  });

  it("keeps the count after an error", async () => {
    const { rejectedCount, requests, response } = createCount();
    void rejectedCount.refresh();
    await response(0, 3);
    void rejectedCount.refresh();
    requests[1]?.reject(new Error("broken"));
    await flushPromises();
    expect(rejectedCount.current.count).toBe(3);
  });
});
