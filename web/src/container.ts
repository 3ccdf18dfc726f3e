/**
 * The library as the page holds it: every part of its state, made once and handed what it needs.
 */
import { ApiClient } from "./api/client.ts";
import { HostedIdentityProvider } from "./auth/identity-provider.ts";
import { Session } from "./auth/session.ts";
import { systemClock } from "./core/clock.ts";
import type { Config } from "./core/config.ts";
import type { ApiKeyApi } from "./state/api-keys.ts";
import { AutoRefresh } from "./state/auto-refresh.ts";
import type { BatchApi } from "./state/batch-actions.ts";
import type { BundleApi } from "./state/bundles.ts";
import { Completions } from "./state/completions.ts";
import { Feed } from "./state/feed.ts";
import type { NotificationApi } from "./state/notifications.ts";
import type { PhotoApi } from "./state/photo-editor.ts";
import type { Photo } from "./state/photo.ts";
import { ProcessingPhotos } from "./state/processing-photos.ts";
import { RejectedCount } from "./state/rejected-count.ts";
import { Selection } from "./state/selection.ts";
import { Trends } from "./state/trends.ts";
import { UrlRefresher } from "./state/url-refresher.ts";
import { isOwnTimeline, type Scope } from "./state/view.ts";

/** Tags are asked for again this long after photos have come in, so that a batch costs one question, ms. */
const TRENDS_LATER = 1500;

export type Library = ReturnType<typeof openLibrary>;

/** Makes all of it. */
export function openLibrary(config: Config) {
  const clock = systemClock;
  const session = new Session(new HostedIdentityProvider(config.identity), sessionStorage, clock);
  const api = new ApiClient(config.api, session, clock);

  const feed = new Feed((view, cursor, limit) => api.listPhotos(view, cursor, limit));
  const trends = new Trends((scope, order) => api.listTrends(scope, order));
  const completions = new Completions((prefix, scope) => api.completeTag(prefix, scope), clock);
  const attention = new RejectedCount(() => api.rejectedPhotos());
  const underway = new ProcessingPhotos(() => api.processingPhotos());

  const refresher = new AutoRefresh(async () => {
    const refresh = () => feed.refresh();
    const changed = await (feed.view !== null && isOwnTimeline(feed.view) ? underway.refresh(refresh) : refresh());
    if (changed) await trends.refresh();
    if (session.status === "signed-in") await attention.refresh();
    return changed;
  }, clock);
  const freshener = new UrlRefresher(
    (photoId) => api.getPhoto(photoId),
    (photo) => {
      feed.upsert(photo);
    },
    clock,
  );

  /** What putting photos in needs of all this. */
  const doors = {
    api, clock,
    learnt: (photo: Photo) => {
      underway.update(photo);
    },
    arrived: (photo: Photo) => {
      feed.upsert(photo);
      underway.update(photo);
      refresher.start();
      trends.refreshAfter(TRENDS_LATER, clock);
    },
    rejected: (photo: Photo) => {
      feed.upsert(photo);
      void attention.refresh();
    },
  };

  /** Photos were changed here: their tags may count otherwise now. */
  const curated = () => {
    trends.refreshAfter(TRENDS_LATER, clock);
    refresher.start();
  };
  const curating = {
    feed,
    curated: () => {
      curated();
      void attention.refresh();
    },
    selection: new Selection(),
    curator: api as BatchApi,
    clock,
    completions: new Completions((prefix, scope) => api.completeTag(prefix, scope), clock),
  };

  const porter: BundleApi & NotificationApi = api;
  const office: ApiKeyApi = api;
  const random = (tag: string, scope: Scope) => api.randomPhoto(tag, scope);
  const figures = (scope: Scope) => api.getStatistics(scope);
  const record = (photoId: string) => api.getPhoto(photoId);
  const editing = {
    api: api as PhotoApi,
    completions: curating.completions,
    onSaved: (photo: Photo) => {
      feed.applyChanges([photo]);
      curated();
    },
  };
  return { editing, session, feed, trends, completions, attention, underway, refresher, freshener, doors, curating, porter, office, random, figures, record };
}
