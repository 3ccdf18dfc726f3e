/**
 * The library as the page holds it: every part of its state, made once and handed what it needs.
 */
import { Api } from "./api.ts";
import { Attention } from "./attention.ts";
import type { Porter } from "./bundles.ts";
import { wallClock } from "./clock.ts";
import { Completions } from "./completions.ts";
import type { Config } from "./config.ts";
import type { Curator } from "./curation.ts";
import type { PhotoOffice } from "./editing.ts";
import { Feed } from "./feed.ts";
import { Freshener } from "./freshener.ts";
import { HostedIdentity } from "./hosted.ts";
import type { KeyOffice } from "./keys.ts";
import type { NoticeOffice } from "./notices.ts";
import type { Photo } from "./photo.ts";
import { Refresher } from "./refresher.ts";
import { Selection } from "./selection.ts";
import { Session } from "./session.ts";
import { Trends } from "./trends.ts";
import { Underway } from "./underway.ts";
import { isOwnTimeline, type Scope } from "./view.ts";

/** Tags are asked for again this long after photos have come in, so that a batch costs one question, ms. */
const TRENDS_LATER = 1500;

export type Library = ReturnType<typeof openLibrary>;

/** Makes all of it. */
export function openLibrary(config: Config) {
  const clock = wallClock;
  const session = new Session(new HostedIdentity(config.identity), sessionStorage, clock);
  const api = new Api(config.api, session, clock);

  const feed = new Feed((view, cursor, limit) => api.page(view, cursor, limit));
  const trends = new Trends((scope, order) => api.trends(scope, order));
  const completions = new Completions((prefix, scope) => api.completions(prefix, scope), clock);
  const attention = new Attention(() => api.rejected());
  const underway = new Underway(() => api.processing());

  const refresher = new Refresher(async () => {
    const refresh = () => feed.refresh();
    const changed = await (feed.view !== null && isOwnTimeline(feed.view) ? underway.look(refresh) : refresh());
    if (changed) await trends.refresh();
    if (session.status === "signed-in") await attention.look();
    return changed;
  }, clock);
  const freshener = new Freshener(
    (photoId) => api.photo(photoId),
    (photo) => {
      feed.add(photo);
    },
    clock,
  );

  /** What putting photos in needs of all this. */
  const doors = {
    api, clock,
    learnt: (photo: Photo) => {
      underway.learn(photo);
    },
    arrived: (photo: Photo) => {
      feed.add(photo);
      underway.learn(photo);
      refresher.wake();
      trends.refreshWithin(TRENDS_LATER, clock);
    },
    rejected: (photo: Photo) => {
      feed.add(photo);
      void attention.look();
    },
  };

  /** Photos were changed here: their tags may count otherwise now. */
  const curated = () => {
    trends.refreshWithin(TRENDS_LATER, clock);
    refresher.wake();
  };
  const curating = {
    feed,
    curated: () => {
      curated();
      void attention.look();
    },
    selection: new Selection(),
    curator: api as Curator,
    clock,
    completions: new Completions((prefix, scope) => api.completions(prefix, scope), clock),
  };

  const porter: Porter & NoticeOffice = api;
  const office: KeyOffice = api;
  const random = (tag: string, scope: Scope) => api.random(tag, scope);
  const figures = (scope: Scope) => api.figures(scope);
  const record = (photoId: string) => api.photo(photoId);
  const editing = {
    desk: api as PhotoOffice,
    completions: curating.completions,
    saved: (photo: Photo) => {
      feed.settle([photo]);
      curated();
    },
  };
  return { editing, session, feed, trends, completions, attention, underway, refresher, freshener, doors, curating, porter, office, random, figures, record };
}
