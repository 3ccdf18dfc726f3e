import { expect, it } from "vitest";

import { Explore, type ExploreApi, type Favorites, type RankingKind } from "./explore.ts";
import type { Trend } from "./trends.ts";
import type { Scope } from "./view.ts";

const trend = (tag_name: string, automatic: boolean): Trend => ({
  tag_name,
  automatic,
  count: 1,
  cover_image: null,
  last_updated: "2026-02-01T00:00:00Z",
});
const names = (trends: readonly Trend[] = []) => trends.map(({ tag_name }) => tag_name);

function createApi(rankings: Partial<Record<RankingKind, readonly Trend[]>>, favorites: Favorites | null = null) {
  const requests: string[] = [];
  const api: ExploreApi = {
    listRanking: (kind: RankingKind, scope: Scope) => {
      requests.push(`${kind} ${scope}`);
      return Promise.resolve(rankings[kind] ?? []);
    },
    getFavorites: () => {
      requests.push("favorites");
      return Promise.resolve(favorites);
    },
  };
  return { api, requests };
}

it("has the user's own words apart from found ones, of which attributes come last", async () => {
  const tags = [trend("Blue", true), trend("Beach", true), trend("Summer Trip", false), trend("Dog", true)];
  const { api } = createApi({ tag: tags, place: [trend("Lisbon", true)] }, { count: 3, exact: true, cover: null });
  const explore = new Explore(api, "mine");
  await explore.load();
  expect(names(explore.sections?.own)).toEqual(["Summer Trip"]);
  expect(names(explore.sections?.found)).toEqual(["Beach", "Dog", "Blue"]);
  expect(names(explore.sections?.places)).toEqual(["Lisbon"]);
  expect([explore.sections?.favorites?.count, explore.isEmpty]).toEqual([3, false]);
});

it("asks only for tags in the public gallery", async () => {
  const { api, requests } = createApi({});
  const explore = new Explore(api, "public");
  await explore.load();
  expect(requests).toEqual(["tag public"]);
  expect(explore.isEmpty).toBe(true);
});

it("keeps what it has after an error", async () => {
  const { api } = createApi({ tag: [trend("Dog", true)] });
  const explore = new Explore(api, "mine");
  await explore.load();
  api.getFavorites = () => Promise.reject(new Error("broken"));
  await explore.load();
  expect([names(explore.sections?.found), explore.error]).toEqual([["Dog"], new Error("broken")]);
});
