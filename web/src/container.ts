/**
 * Creates the API client and the state of the page, and passes each part what it depends on.
 */
import { ApiClient } from "./api/client.ts";
import { HostedIdentityProvider } from "./auth/identity-provider.ts";
import { createRenewalLock } from "./auth/renewal-lock.ts";
import { SessionStore } from "./auth/session-store.ts";
import { Session } from "./auth/session.ts";
import { deviceStorage, tabStorage, watchDeviceStorage } from "./core/browser-storage.ts";
import { systemClock } from "./core/clock.ts";
import type { Config } from "./core/config.ts";
import { AlbumNames } from "./state/album-names.ts";
import { AutoRefresh } from "./state/auto-refresh.ts";
import { Completions } from "./state/completions.ts";
import { CurrentAlbum } from "./state/current-album.ts";
import { Facets } from "./state/facets.ts";
import { Feed, type FetchPage } from "./state/feed.ts";
import type { Photo } from "./state/photo.ts";
import { NewPhotos } from "./state/new-photos.ts";
import { ProcessingPhotos } from "./state/processing-photos.ts";
import { PublicMatches } from "./state/public-matches.ts";
import { RejectedCount } from "./state/rejected-count.ts";
import { SentPhoto } from "./state/sent-photo.ts";
import { Selection } from "./state/selection.ts";
import { Suggestions } from "./state/suggestions.ts";
import { Trends } from "./state/trends.ts";
import { UrlRefresher } from "./state/url-refresher.ts";
import { isOwnTimeline } from "./state/view.ts";

/** Delay before the trending tags are reloaded after a change, ms: one request covers a whole batch. */
const TREND_REFRESH_DELAY = 1500;

export type Container = ReturnType<typeof createContainer>;

/** Creates everything that `main.ts` connects to the elements. */
export function createContainer(config: Config) {
  const clock = systemClock;
  const session = new Session({
    provider: new HostedIdentityProvider(config.identity),
    store: new SessionStore(tabStorage, deviceStorage),
    tab: tabStorage,
    runExclusively: createRenewalLock((navigator as Partial<Navigator>).locks),
    clock,
  });
  watchDeviceStorage(() => {
    session.sync();
  });
  const api = new ApiClient(config.api, session, clock);

  const fetchPage: FetchPage = (view, cursor, limit, count) => api.listPhotos(view, cursor, limit, count);
  const feed = new Feed(fetchPage, (view, cursor, limit) => api.listOldestPhotos(view, cursor, limit));
  const currentAlbum = new CurrentAlbum(api);
  const albumNames = new AlbumNames(api);
  const trends = new Trends((scope, order) => api.listTrends(scope, order));
  const suggestions = new Suggestions((text, scope) => api.suggestNames(text, scope), clock);
  const facets = new Facets((view) => api.countFacets(view));
  const publicMatches = new PublicMatches((view) => api.listPhotos(view, null, 1));
  const rejectedCount = new RejectedCount(() => api.rejectedPhotos());
  const processingPhotos = new ProcessingPhotos(() => api.processingPhotos());

  const sentPhoto = new SentPhoto(
    (photoId) => api.getPhoto(photoId),
    tabStorage,
    () => session.user,
  );

  const completions = new Completions((prefix, scope) => api.completeTag(prefix, scope), clock);

  const newPhotos: NewPhotos = new NewPhotos((photos) => {
    feed.upsert(...photos);
    for (const photo of photos) processingPhotos.update(photo);
    autoRefresh.start();
    if (photos.some(({ state }) => state === "ready")) trends.refreshAfter(TREND_REFRESH_DELAY, clock);
    if (photos.some(({ state }) => state === "rejected")) void rejectedCount.refresh();
  });
  const autoRefresh = new AutoRefresh(
    async () => {
      if (newPhotos.uploading) return false;
      const refresh = () => feed.refresh();
      const changed = await (feed.view !== null && isOwnTimeline(feed.view)
        ? processingPhotos.refresh(() => sentPhoto.refresh(refresh))
        : refresh());
      if (changed) await trends.refresh();
      if (session.status === "signed-in") await rejectedCount.refresh();
      if (changed) await currentAlbum.reload();
      return changed;
    },
    clock,
    config.refreshInterval,
  );
  const urlRefresher = new UrlRefresher(
    (photoId) => api.getPhoto(photoId),
    (photo) => {
      feed.upsert(photo);
    },
    clock,
  );

  /** What the upload controller needs; it is loaded later. */
  const uploadContext = { api, clock, session, newPhotos, sentPhoto, completions };

  /** Reloads what depends on photos that were edited on this page. */
  const onPhotosChanged = () => {
    trends.refreshAfter(TREND_REFRESH_DELAY, clock);
    void facets.reload();
    void currentAlbum.reload();
    autoRefresh.start();
  };
  const selectionContext = {
    feed,
    onPhotosChanged: () => {
      onPhotosChanged();
      void rejectedCount.refresh();
    },
    selection: new Selection(),
    fetchPage,
    api,
    clock,
    completions,
  };

  const editing = {
    api,
    completions: selectionContext.completions,
    onSaved: (photo: Photo, hasLeftAlbum = false) => {
      if (hasLeftAlbum) feed.remove([photo.photo_id]);
      else feed.applyChanges([photo]);
      onPhotosChanged();
    },
  };
  return {
    api,
    editing,
    session,
    feed,
    currentAlbum,
    albumNames,
    trends,
    suggestions,
    facets,
    publicMatches,
    rejectedCount,
    processingPhotos,
    newPhotos,
    sentPhoto,
    autoRefresh,
    urlRefresher,
    uploadContext,
    selectionContext,
  };
}
