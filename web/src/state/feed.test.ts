import { describe, expect, it } from "vitest";

import { settled } from "../fakes/clock.ts";
import { Pending } from "../fakes/deferred.ts";
import { ids, photo } from "../fakes/photos.ts";
import { Feed, merge, type Page, reconcile } from "./feed.ts";
import { everything, onlyTag, type View } from "./view.ts";

const MINE = everything("mine");
const LAKE = onlyTag(MINE, "Lake");

/** A feed whose every question waits for the test to answer it. */
function asked() {
  const questions: (Pending<Page> & { view: View; cursor: string | null; limit: number })[] = [];
  const feed = new Feed((view, cursor, limit) => {
    const question = Object.assign(new Pending<Page>(), { view, cursor, limit });
    questions.push(question);
    return question.promise;
  });
  const answer = async (place: number, page: Page) => {
    questions[place]?.answer(page);
    await settled();
  };
  return { feed, questions, answer };
}

/** A feed that already shows these photos. */
async function showing(items: Page["items"], cursor: string | null = null) {
  const parts = asked();
  void parts.feed.show(MINE);
  await parts.answer(0, { items, cursor });
  return parts;
}

describe("showing a view", () => {
  it("asks for its first page and shows it", async () => {
    const { feed, questions, answer } = asked();
    void feed.show(LAKE);
    expect(feed.status).toBe("loading");
    expect(questions[0]).toMatchObject({ view: LAKE, cursor: null, limit: 50 });
    await answer(0, { items: [photo("b", 2), photo("a", 1)], cursor: "next" });
    expect(feed.status).toBe("ready");
    expect(ids(feed.photos)).toEqual(["b", "a"]);
    expect(feed.hasMore).toBe(true);
  });

  it("keeps the photos before it until its own are here", async () => {
    const { feed, answer } = await showing([photo("a")]);
    void feed.show(LAKE);
    expect(ids(feed.photos)).toEqual(["a"]);
    await answer(1, { items: [photo("b")], cursor: null });
    expect(ids(feed.photos)).toEqual(["b"]);
  });

  it("pays no heed to an answer that another view has overtaken", async () => {
    const { feed, answer } = asked();
    void feed.show(MINE);
    void feed.show(LAKE);
    await answer(1, { items: [photo("lake")], cursor: null });
    await answer(0, { items: [photo("mine")], cursor: "more" });
    expect(ids(feed.photos)).toEqual(["lake"]);
    expect(feed.hasMore).toBe(false);
  });

  it("says what went wrong, and leaves no photos of another view behind", async () => {
    const { feed, questions } = await showing([photo("a")], "next");
    const problem = new Error("broken");
    void feed.show(LAKE);
    questions[1]?.fail(problem);
    await settled();
    expect(feed).toMatchObject({ status: "failed", problem, photos: [], hasMore: false });
  });
});

describe("the next page", () => {
  it("is asked for by the cursor of the one before, once at a time", async () => {
    const { feed, questions, answer } = await showing([photo("c", 3)], "after c");
    void feed.more();
    void feed.more();
    expect(questions).toHaveLength(2);
    expect(questions[1]?.cursor).toBe("after c");
    await answer(1, { items: [photo("b", 2)], cursor: null });
    expect(ids(feed.photos)).toEqual(["c", "b"]);
    await feed.more();
    expect(questions).toHaveLength(2);
  });

  it("shows a photo once that stood on both pages", async () => {
    const { feed, answer } = await showing([photo("c", 3), photo("b", 2)], "x");
    void feed.more();
    await answer(1, { items: [photo("b", 2), photo("a", 1)], cursor: null });
    expect(ids(feed.photos)).toEqual(["c", "b", "a"]);
  });

  it("may be short or empty and still have others after it", async () => {
    const { feed, answer } = await showing([photo("c", 3)], "x");
    void feed.more();
    await answer(1, { items: [], cursor: "y" });
    expect(feed).toMatchObject({ status: "ready", hasMore: true });
  });

  it("can be tried again when it did not come", async () => {
    const { feed, questions, answer } = await showing([photo("c", 3)], "x");
    void feed.more();
    questions[1]?.fail(new Error("broken"));
    await settled();
    expect(feed.status).toBe("stalled");
    expect(ids(feed.photos)).toEqual(["c"]);
    void feed.more();
    await answer(2, { items: [photo("b", 2)], cursor: null });
    expect(feed.status).toBe("ready");
  });
});

describe("a refresh", () => {
  it("brings in what is new, in its place, and tells that something changed", async () => {
    const { feed, answer } = await showing([photo("b", 2)]);
    const changed = feed.refresh();
    await answer(1, { items: [photo("c", 3), photo("b", 2), photo("a", 1)], cursor: null });
    expect(await changed).toBe(true);
    expect(ids(feed.photos)).toEqual(["c", "b", "a"]);
  });

  it("changes nothing when only the signed addresses are new", async () => {
    const { feed, answer } = await showing([photo("a")]);
    const before = feed.photos;
    const changed = feed.refresh();
    await answer(1, { items: [photo("a", 1, { image_url: "https://images.test/a?signed=again" })], cursor: null });
    expect(await changed).toBe(false);
    expect(feed.photos).toBe(before);
  });

  it("takes the record of a photo whose version is another", async () => {
    const { feed, answer } = await showing([photo("a")]);
    void feed.refresh();
    await answer(1, { items: [photo("a", 1, { version: 2, tags: ["lake"] })], cursor: null });
    expect(feed.photos[0]?.tags).toEqual(["lake"]);
  });

  it("is dropped if meanwhile another view is shown", async () => {
    const { feed, answer } = await showing([photo("a")]);
    const changed = feed.refresh();
    void feed.show(LAKE);
    await answer(2, { items: [photo("lake")], cursor: null });
    await answer(1, { items: [photo("z", 9)], cursor: null });
    expect(await changed).toBe(false);
    expect(ids(feed.photos)).toEqual(["lake"]);
  });

  it("goes on where the older photos ended", async () => {
    const { feed, questions, answer } = await showing([photo("b", 2), photo("a", 1)], "after a");
    void feed.refresh();
    await answer(1, { items: [photo("c", 3), photo("b", 2)], cursor: "after b" });
    void feed.more();
    expect(questions[2]?.cursor).toBe("after a");
  });

  it("waits for a feed that is still loading", async () => {
    const { feed, questions } = asked();
    void feed.show(MINE);
    expect(await feed.refresh()).toBe(false);
    expect(questions).toHaveLength(1);
  });
});

describe("a photo that has become ready", () => {
  it("appears in its place", async () => {
    const { feed } = await showing([photo("c", 3), photo("a", 1)]);
    feed.add(photo("b", 2));
    expect(ids(feed.photos)).toEqual(["c", "b", "a"]);
  });

  it("is left to a later page if that is where it belongs", async () => {
    const { feed } = await showing([photo("c", 3)], "more");
    feed.add(photo("a", 1));
    expect(ids(feed.photos)).toEqual(["c"]);
  });

  it("takes the place of the record known before", async () => {
    const { feed } = await showing([photo("a", 1)]);
    feed.add(photo("a", 1, { image_url: "https://images.test/fresh" }));
    expect(feed.photos.map(({ image_url }) => image_url)).toEqual(["https://images.test/fresh"]);
  });
});

describe("merging", () => {
  it("keeps every photo once, newest first, and believes the newcomer", () => {
    const merged = merge([photo("b", 2), photo("a", 1)], [photo("c", 3), photo("a", 1, { version: 2 })]);
    expect(ids(merged)).toEqual(["c", "b", "a"]);
    expect(merged[2]?.version).toBe(2);
  });
});

describe("reconciling", () => {
  const known = [photo("d", 4), photo("c", 3), photo("b", 2), photo("a", 1)];

  it("takes away what the page should have shown and does not", () => {
    const { photos, reachesEnd } = reconcile(known, { items: [photo("d", 4), photo("b", 2)], cursor: "x" });
    expect(ids(photos)).toEqual(["d", "b", "a"]);
    expect(reachesEnd).toBe(false);
  });

  it("ends the list where a last page ends", () => {
    const { photos, reachesEnd } = reconcile(known, { items: [photo("d", 4)], cursor: null });
    expect(ids(photos)).toEqual(["d"]);
    expect(reachesEnd).toBe(true);
  });

  it("keeps what is known where a page had nothing to show but is not the last", () => {
    const { photos, reachesEnd } = reconcile(known, { items: [], cursor: "further" });
    expect(ids(photos)).toEqual(ids(known));
    expect(reachesEnd).toBe(false);
  });

  it("empties the list when nothing is left", () => {
    expect(reconcile(known, { items: [], cursor: null }).photos).toEqual([]);
  });
});

describe("photos that were changed here", () => {
  it("take their new record, stay where they belong, and leave where they do not", async () => {
    const { feed } = await showing([photo("c", 3), photo("b", 2), photo("a", 1)]);
    feed.settle([photo("b", 2, { version: 2, status: "public" }), photo("c", 3, { state: "trashed" })]);
    expect(feed.photos.map(({ photo_id, version }) => [photo_id, version])).toEqual([["b", 2], ["a", 1]]);
    feed.settle([photo("c", 3, { version: 3 })]);
    expect(ids(feed.photos)).toEqual(["c", "b", "a"]);
    feed.lose(["b", "x"]);
    expect(ids(feed.photos)).toEqual(["c", "a"]);
  });

  it("are not undone by a fresh look that began before", async () => {
    const { feed, answer } = await showing([photo("b", 2), photo("a", 1)]);
    const looking = feed.refresh();
    feed.settle([photo("b", 2, { state: "trashed" })]);
    await answer(1, { items: [photo("b", 2), photo("a", 1)], cursor: null });
    expect(await looking).toBe(false);
    expect(ids(feed.photos)).toEqual(["a"]);
  });
});

describe("coming back to a view", () => {
  it("shows it as it was left, and goes on from there", async () => {
    const { feed, questions, answer } = await showing([photo("b", 2), photo("a", 1)], "next");
    const kept = feed.keep();
    void feed.show(LAKE);
    await answer(1, { items: [photo("lake")], cursor: null });
    expect(kept !== null && feed.resume(kept)).toBe(true);
    expect(feed.view).toEqual(MINE);
    expect(ids(feed.photos)).toEqual(["b", "a"]);
    void feed.more();
    expect(questions[2]).toMatchObject({ view: MINE, cursor: "next" });
  });

  it("pays no heed to what was still on its way elsewhere", async () => {
    const { feed, answer } = await showing([photo("a")]);
    const kept = feed.keep();
    void feed.show(LAKE);
    if (kept !== null) feed.resume(kept);
    await answer(1, { items: [photo("lake")], cursor: null });
    expect(ids(feed.photos)).toEqual(["a"]);
  });

  it("must ask anew once photos were changed here", async () => {
    const { feed } = await showing([photo("a")]);
    const kept = feed.keep();
    feed.lose(["a"]);
    expect(kept !== null && feed.resume(kept)).toBe(false);
  });

  it("has nothing to keep while the first page is on its way", () => {
    const { feed } = asked();
    void feed.show(MINE);
    expect(feed.keep()).toBeNull();
  });
});
