/**
 * The library as the page holds it: every part of its state, made once and handed what it needs.
 */
import { Api } from "./api/client.ts";
import { HostedIdentity } from "./auth/identity-provider.ts";
import { Session } from "./auth/session.ts";
import { wallClock } from "./core/clock.ts";
import type { Config } from "./core/config.ts";
import type { KeyOffice } from "./state/api-keys.ts";
import { Refresher } from "./state/auto-refresh.ts";
import type { Curator } from "./state/batch-actions.ts";
import type { Porter } from "./state/bundles.ts";
import { Completions } from "./state/completions.ts";
import { Feed } from "./state/feed.ts";
import type { NoticeOffice } from "./state/notifications.ts";
import type { PhotoOffice } from "./state/photo-editor.ts";
import type { Photo } from "./state/photo.ts";
import { Underway } from "./state/processing-photos.ts";
import { Attention } from "./state/rejected-count.ts";
import { Selection } from "./state/selection.ts";
import { Trends } from "./state/trends.ts";
import { Freshener } from "./state/url-refresher.ts";
import { isOwnTimeline, type Scope } from "./state/view.ts";

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
    api: api as PhotoOffice,
    completions: curating.completions,
    onSaved: (photo: Photo) => {
      feed.settle([photo]);
      curated();
    },
  };
  return { editing, session, feed, trends, completions, attention, underway, refresher, freshener, doors, curating, porter, office, random, figures, record };
}
