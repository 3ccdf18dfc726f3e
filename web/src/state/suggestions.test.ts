import { describe, expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { applySuggestion, listSuggestions, type NameSuggestion, parseText, Suggestions } from "./suggestions.ts";
import { allPhotos, tagView, yearView } from "./view.ts";

const MINE = allPhotos("mine");
const LAKE: NameSuggestion = { kind: "tag", name: "Lake", count: 3 };
const LISBON: NameSuggestion = { kind: "place", name: "Lisbon", count: 12 };
const names = (...items: NameSuggestion[]) => ({ text: "", rest: "", items });

/** Suggestions from a library with these names, and the requested texts. */
function createSuggestions(...items: NameSuggestion[]) {
  const clock = new FakeClock();
  const requests: string[] = [];
  const suggestions = new Suggestions((text) => {
    requests.push(text);
    if (text === "fail") return Promise.reject(new Error("offline"));
    return Promise.resolve(items.filter(({ name }) => name.toLowerCase().startsWith(text)));
  }, clock);
  return { suggestions, requests, clock };
}

describe("suggestions", () => {
  it("are requested after a pause, for the latest text", async () => {
    const { suggestions, requests, clock } = createSuggestions(LAKE);
    suggestions.suggest("l", "mine");
    suggestions.suggest("-la", "mine");
    await clock.advance(150);
    expect(requests).toEqual(["la"]);
    expect(suggestions.current).toEqual({ text: "la", rest: "", items: [LAKE] });
    suggestions.suggest(" ", "mine");
    expect(suggestions.current.items).toEqual([]);
  });

  it("complete the last word if nothing completes the text", async () => {
    const { suggestions, requests, clock } = createSuggestions(LISBON);
    suggestions.suggest("dog  lis", "mine");
    await clock.advance(150);
    expect(requests).toEqual(["dog lis", "lis"]);
    expect(suggestions.current).toEqual({ text: "dog lis", rest: "dog", items: [LISBON] });
  });

  it("are none after an error", async () => {
    const { suggestions, clock } = createSuggestions(LAKE);
    suggestions.suggest("fail", "mine");
    await clock.advance(150);
    expect(suggestions.current).toEqual({ text: "fail", rest: "", items: [] });
  });
});

describe("the list of suggestions", () => {
  it("ends with the words themselves, without filters that are set", () => {
    expect(listSuggestions("l", names(LAKE, LISBON), MINE)).toEqual([
      { ...LAKE, excluded: false },
      { ...LISBON, excluded: false },
      { kind: "words", name: "l" },
    ]);
    const view = { ...tagView(MINE, "lake"), place: "lisbon" };
    expect(listSuggestions("l", names(LAKE, LISBON), view)).toEqual([{ kind: "words", name: "l" }]);
    expect(listSuggestions(" ", names(LAKE), MINE)).toEqual([]);
  });

  it("has only tags to leave out after a minus", () => {
    expect(listSuggestions("-l", names(LAKE, LISBON), MINE)).toEqual([{ ...LAKE, excluded: true }]);
    expect([parseText("- lake"), parseText("a-b")].map(({ excluded }) => excluded)).toEqual([false, false]);
  });

  it("has years, and favorites of the user's own photos", () => {
    const kinds = (text: string, view = MINE) => listSuggestions(text, names(), view).map(({ kind }) => kind);
    expect([kinds("2019"), kinds("2019", yearView(MINE, "2019")), kinds("fav")]).toEqual([
      ["year", "words"],
      ["words"],
      ["favorite", "words"],
    ]);
    expect([kinds("fa"), kinds("fav", allPhotos("public")), kinds("fav", { ...MINE, favorite: true })]).toEqual([
      ["words"],
      ["words"],
      ["words"],
    ]);
  });
});

describe("the search", () => {
  it("is for the words without a suggestion", () => {
    expect(applySuggestion(tagView(MINE, "lake"), " dog  beach ", "", null)).toEqual({ ...tagView(MINE, "lake"), words: ["dog", "beach"] });
    expect(applySuggestion(MINE, "-people", "", null)).toEqual({ ...MINE, excluded: ["people"] });
  });

  it("adds a suggestion and the words before it", () => {
    const apply = (text: string, rest: string, kind: number, ...items: NameSuggestion[]) =>
      applySuggestion(MINE, text, rest, listSuggestions(text, names(...items), MINE)[kind] ?? null);
    expect(apply("dog lis", "dog", 0, LISBON)).toEqual({ ...MINE, words: ["dog"], place: "Lisbon" });
    expect(apply("-la", "", 0, LAKE)).toEqual({ ...MINE, excluded: ["lake"] });
    expect(apply("pix", "", 0, { kind: "camera", name: "Pixel 8", count: 1 })).toEqual({ ...MINE, camera: "Pixel 8" });
    expect(apply("2019", "", 0)).toEqual(yearView(MINE, "2019"));
    expect(apply("fav", "", 0)).toEqual({ ...MINE, favorite: true });
  });
});
