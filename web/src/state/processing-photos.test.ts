import { describe, expect, it } from "vitest";

import { flushPromises } from "../fakes/clock.ts";
import { Deferred } from "../fakes/deferred.ts";
import { photoIds, makePhoto } from "../fakes/photos.ts";
import type { Page } from "./photo-list.ts";
import type { Photo } from "./photo.ts";
import { prependProcessing, ProcessingPhotos } from "./processing-photos.ts";

const processing = (photoId: string, day = 1): Photo => makePhoto(photoId, day, { state: "processing", image_url: null });

function createProcessingPhotos() {
  const requests: Deferred<Page>[] = [];
  const processingPhotos = new ProcessingPhotos(() => {
    const request = new Deferred<Page>();
    requests.push(request);
    return request.promise;
  });
  const response = async (index: number, ...photos: Photo[]) => {
    requests[index]?.resolve({ items: photos, cursor: null });
    await flushPromises();
  };
  return { processingPhotos, requests, response };
}

describe("ProcessingPhotos", () => {
  it("loads the photos and reports whether they changed", async () => {
    const { processingPhotos, response } = createProcessingPhotos();
    let changes = 0;
    processingPhotos.watch(() => (changes += 1));
    const first = processingPhotos.refresh();
    await response(0, processing("a"));
    const again = processingPhotos.refresh();
    await response(1, processing("a"));
    const gone = processingPhotos.refresh();
    await response(2);
    expect([await first, await again, await gone]).toEqual([true, false, true]);
    expect(changes).toBe(2);
  });

  it("keeps photos until the feed has loaded them", async () => {
    const { processingPhotos, response } = createProcessingPhotos();
    processingPhotos.update(processing("a"));
    const refresh = new Deferred<boolean>();
    const looking = processingPhotos.refresh(() => refresh.promise);
    await response(0);
    expect(photoIds(processingPhotos.photos)).toEqual(["a"]);
    refresh.resolve(true);
    expect(await looking).toBe(true);
    expect(processingPhotos.photos).toEqual([]);
  });

  it("keeps the photos after an error and still reports changes of the feed", async () => {
    const { processingPhotos, requests } = createProcessingPhotos();
    processingPhotos.update(processing("a"));
    const looking = processingPhotos.refresh(() => Promise.resolve(true));
    requests[0]?.reject(new Error("broken"));
    expect(await looking).toBe(true);
    expect(photoIds(processingPhotos.photos)).toEqual(["a"]);
  });

  it("adds and removes updated photos, newest first", () => {
    const { processingPhotos } = createProcessingPhotos();
    processingPhotos.update(processing("a", 1));
    processingPhotos.update(processing("b", 2));
    processingPhotos.update(makePhoto("c", 3));
    expect(photoIds(processingPhotos.photos)).toEqual(["b", "a"]);
    processingPhotos.update(makePhoto("b", 2));
    expect(photoIds(processingPhotos.photos)).toEqual(["a"]);
    processingPhotos.update(makePhoto("a", 1, { state: "rejected" }));
    expect(processingPhotos.photos).toEqual([]);
  });

  it("ignores a response that was requested before an update", async () => {
    const { processingPhotos, response } = createProcessingPhotos();
    processingPhotos.update(processing("a"));
    void processingPhotos.refresh();
    processingPhotos.update(makePhoto("a"));
    await response(0, processing("a"));
    expect(processingPhotos.photos).toEqual([]);
  });
});

it("omits photos that are in the timeline", () => {
  const timeline = [makePhoto("b", 2), makePhoto("a", 1)];
  expect(prependProcessing(timeline, [])).toBe(timeline);
  expect(photoIds(prependProcessing(timeline, [processing("c"), processing("b")]))).toEqual(["c", "b", "a"]);
});
