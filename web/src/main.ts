/**
 * Entry point: connects the events of the elements to state, the API and the browser's history.
 */
import "./styles/main.css";

import { fetchConfig } from "./api/http-client.ts";
import { GrantRejectedError, isSignInRedirect } from "./auth/session.ts";
import { createContainer } from "./container.ts";
import { acceptDrops } from "./controllers/file-drop.ts";
import { hidePage, leavePage } from "./controllers/leaving.ts";
import { OtherPages } from "./controllers/other-pages.ts";
import { PageDialogs } from "./controllers/page-dialogs.ts";
import { PhotoSelection } from "./controllers/photo-selection.ts";
import { ScrubberController } from "./controllers/scrubber.ts";
import { ViewerController } from "./controllers/viewer-history.ts";
import { deviceStorage } from "./core/browser-storage.ts";
import { isSingleKeyShortcut } from "./core/character-keys.ts";
import { type Config, readConfig } from "./core/config.ts";
import { AppError, NetworkError } from "./core/errors.ts";
import { systemClock } from "./core/clock.ts";
import { lazyImport } from "./core/lazy-import.ts";
import { readTheme, storeTheme } from "./core/theme.ts";
import { moduleRecovery } from "./core/module-recovery.ts";
import { browserNetwork, retryRepeatedly } from "./core/network-status.ts";
import { describeChips } from "./elements/chip-label.ts";
import { onPageEvent } from "./elements/page-element.ts";
import { applyTheme, followTheme } from "./elements/page-theme.ts";
import { definePageElements } from "./elements/page-elements.ts";
import { documentTitle, suggestedTitle } from "./elements/view-title.ts";
import { explain, strings } from "./i18n/common.ts";
import type { AlbumActions } from "./controllers/albums.ts";
import type { Album } from "./state/albums.ts";
import type { Photo } from "./state/photo.ts";
import type { ShareSubject } from "./state/shares.ts";
import { albumTotal } from "./state/photo-sequence.ts";
import { type Chip, ownChips } from "./state/chips.ts";
import { addressOf, addressQuery, type PageAddress, type PageKind, parseAddress } from "./state/page-address.ts";
import { fewestDaysLeft } from "./state/trash.ts";
import { ViewCache } from "./state/view-cache.ts";
import {
  albumView,
  photosInState,
  allPhotos,
  isFiltered,
  isOwnTimeline,
  isTimeline,
  MAX_TERMS,
  MAX_WORDS,
  type Scope,
  tagView,
  isSameView,
  type TrendOrder,
  type View,
  removeTerm,
  addTerm,
  withScope,
} from "./state/view.ts";

/** Delay before code that will be needed soon is preloaded, ms. */
const PRELOAD_DELAY = 1000;

const loadPrintStyles = lazyImport(() => import("./styles/print.css"));

/** Opens the page to sign in, and to return to the same view. */
const SIGN_IN_HASH = "#sign-in";

followTheme();
const elements = definePageElements();
const NO_PHOTOS: readonly Photo[] = [];
const dialogModules = {
  filters: lazyImport(() => import("./elements/filter-dialog.ts")),
  privatePhoto: lazyImport(() => import("./elements/private-photo-dialog.ts")),
  sharing: lazyImport(() => import("./elements/share-dialog.ts")),
  shortcuts: lazyImport(() => import("./elements/shortcuts-dialog.ts")),
};

async function start(): Promise<void> {
  elements.filterBar.reserveSpace = isFiltered(parseAddress(location.search, false).view);
  try {
    const config = readConfig(await fetchConfig(new URL("config.json", document.baseURI)));
    await startApp(config);
  } catch (error) {
    console.error(error);
    elements.gallery.state = {
      status: "failed",
      error,
      photos: [],
      processing: [],
      hasMore: false,
      newer: "none",
      view: allPhotos("public"),
      signedIn: false,
      demo: false,
      selected: new Set(),
      unmatched: [],
      publicMatches: null,
      album: null,
      albumPending: false,
      uploading: false,
      sent: false,
    };
    onPageEvent("retry-load", () => {
      location.reload();
    });
  }
}

async function startApp(config: Config): Promise<void> {
  const container = createContainer(config);
  const { api, session, feed, currentAlbum, albumNames, trends, suggestions, facets, publicMatches } = container;
  const { rejectedCount, processingPhotos, newPhotos, sentPhoto, autoRefresh, urlRefresher, selectionContext } = container;
  const dialogs = new PageDialogs({
    api,
    apiUrl: config.api,
    view: () => view(),
    onPhotosChanged: (photos) => {
      feed.applyChanges(photos);
      selectionContext.onPhotosChanged();
    },
    onClosed: () => {
      elements.header.focusAccountButton();
    },
    onLoadError: showError,
  });
  const { selection } = selectionContext;
  const viewCache = new ViewCache();
  const scrubber = new ScrubberController((scope) => api.getStatistics(scope), elements.gallery);
  const pages = new OtherPages(elements.main, {
    api,
    fetchMap: (area) => api.getMap(area),
    onMapMoved: (bounds) => {
      history.replaceState(null, "", urlOf({ ...address(), view: { ...allPhotos("mine"), bounds } }));
    },
    onLoadError: showError,
  });
  /** Opens the dialog that shares something, in the element that has the focus trap if there is one. */
  function share(subject: ShareSubject, parent?: Element): void {
    dialogModules.sharing().then(({ openShareDialog }) => {
      openShareDialog(api, subject, parent);
    }, showError);
  }
  const sharePhotos = (photoIds: readonly string[], parent?: Element) => {
    share({ kind: "photos", photoIds, title: "" }, parent);
  };
  const photoSelection = new PhotoSelection(
    {
      ...selectionContext,
      gallery: elements.gallery,
      view: () => view(),
      album: () => currentAlbum.album,
      download: (photoIds) => {
        dialogs.openBundles(photoIds);
      },
      share: sharePhotos,
      addToAlbum: (photos) => {
        withAlbums((albums) => albums.addPhotos(photos));
      },
      setCover: ({ photo_id }) => {
        withAlbums((albums) => albums.edit({ cover_photo_id: photo_id }));
      },
    },
    showError,
  );
  const loadAlbums = lazyImport(async () => {
    const { AlbumActions } = await import("./controllers/albums.ts");
    const context = {
      api,
      fetchPage: (of: View, cursor: string | null, limit: number) => api.listPhotos(of, cursor, limit),
      current: currentAlbum,
      feed,
      autoRefresh,
      selection: photoSelection,
      previousHeading: elements.heading,
      navigate: (to: View) => {
        navigate(to);
      },
      openPage: (page: PageKind) => {
        openPage(page);
      },
      reload: () => void feed.load(view()),
      download: (album: Album) => {
        dialogs.openBundles([], album);
      },
      playSlideshow: () => {
        const [first] = feed.photos;
        if (first !== undefined) viewer.open(first, true).catch(showError);
      },
      onRenamed: (album: Album) => {
        albumNames.set(album);
      },
    };
    return new AlbumActions(context, showError);
  });
  /** Loads the actions on albums and performs one. */
  function withAlbums(act: (albums: AlbumActions) => unknown): void {
    loadAlbums().then(act).catch(showError);
  }
  const viewer = new ViewerController({
    feed,
    gallery: elements.gallery,
    source: { fetchPhoto: (photoId) => api.getPhoto(photoId), findSimilar: (photoId) => api.similarPhotos(photoId) },
    pages: {
      inOrder: (of, cursor, limit) => api.listPhotos(of, cursor, limit),
      oldestFirst: (of, cursor, limit) => api.listOldestPhotos(of, cursor, limit),
    },
    fetchTotal: async (of) => {
      if (of.album !== null) return albumTotal(of, currentAlbum.album);
      return feed.total ?? (await api.listPhotos(of, null, 1, true)).found ?? null;
    },
    editing: container.editing,
    albums: {
      api,
      names: albumNames,
      current: currentAlbum,
      open: (albumId) => {
        navigate(albumView(albumId));
      },
      onRemoved: ({ photo_id }) => {
        feed.remove([photo_id]);
        void currentAlbum.reload();
      },
    },
    address: { current: () => address(), urlOf: (photo) => urlOf({ ...address(), photo }) },
    openTag: (tag) => {
      navigate(tagView(view(), tag));
    },
    share: ({ photo_id }, parent) => {
      sharePhotos([photo_id], parent);
    },
    showToast: ({ message, errors, undo }) => {
      photoSelection.showToast([message, ...errors].join(" "), undo).catch(showError);
    },
    onMissing: () => {
      if (isSignedIn()) {
        viewer.giveUp();
        elements.banner.message = strings.missingPhoto;
      } else openPrivatePhotoDialog();
    },
  });

  function openPrivatePhotoDialog(): void {
    const onClosed = () => {
      viewer.giveUp();
    };
    dialogModules.privatePhoto().then((module) => {
      module.openPrivatePhotoDialog(config.demo, onClosed);
    }, showError);
  }

  /** Loads the upload controller on first use. */
  const loadUploads = lazyImport(async () => {
    const { createUploadController } = await import("./controllers/uploads.ts");
    return createUploadController({
      ...container.uploadContext,
      openAlbum: () => currentAlbum.album,
      announce: (sentences) => {
        const status = document.querySelector("#announcements");
        if (status !== null) status.textContent = sentences;
      },
      showBanner: (message) => {
        elements.banner.message = message;
      },
      openPhoto: (photo) => {
        viewer.open(photo).catch(showError);
      },
      navigate,
    });
  });

  /** Whether the page had the heading of an album. */
  let hadAlbum = false;

  const isSignedIn = () => session.status === "signed-in";
  const address = () => parseAddress(location.search, isSignedIn());
  const view = () => address().view;
  const order = () => address().trendOrder;
  const urlOf = (to: PageAddress) => addressQuery(to, isSignedIn()) || location.pathname;

  function render(): void {
    const { header, banner, heading, filterBar, tagList, gallery } = elements;
    banner.offline = !navigator.onLine;
    const current = view();
    banner.expired = !session.expired || !isSignedIn() ? null : session.isSharedComputer ? "this-tab" : "other-tab";
    const { status: sessionStatus, name, isSharedComputer: sharedComputer } = session;
    Object.assign(header, { status: sessionStatus, name, sharedComputer, theme: readTheme(deviceStorage), names: suggestions.current });
    // Until the session is known, it is open whose photos the page shows.
    if (session.status === "starting") return;
    header.view = current;
    Object.assign(elements.nav, { address: address(), signedIn: isSignedIn() });
    Object.assign(heading, {
      view: current,
      signedIn: isSignedIn(),
      empty: feed.isEmpty,
      total: current.state !== "rejected" && isFiltered(current) ? feed.total : null,
      daysLeft: feed.hasMore ? null : fewestDaysLeft(feed.photos, systemClock.now()),
    });
    Object.assign(filterBar, { view: current, facets, rejectedCount: rejectedCount.current });
    const ready = current.state === "ready";
    Object.assign(tagList, {
      trends: ready ? trends.items : [],
      loading: ready && trends.isLoading,
      order: trends.order,
      selected: current.tags,
    });
    const { status, photos, hasMore, newer, error } = feed;
    gallery.state = {
      status,
      photos,
      processing: isOwnTimeline(current) && newer === "none" && !newPhotos.uploading ? processingPhotos.photos : NO_PHOTOS,
      uploading: newPhotos.uploading,
      sent: sentPhoto.current !== null,
      hasMore,
      newer,
      error,
      view: current,
      signedIn: isSignedIn(),
      demo: config.demo,
      selected: selection.selected,
      unmatched: feed.unmatched,
      publicMatches: publicMatches.view,
      album: currentAlbum.album,
      albumPending: current.album !== null && currentAlbum.status === "loading",
    };
    void publicMatches.update(current, feed.isEmpty && isSameView(feed.view ?? current, current));
    const { page } = address();
    const photosTitle = current.album === null ? documentTitle(current, isSignedIn()) : (currentAlbum.album?.title ?? strings.albums);
    document.title = strings.pageTitle(page === "photos" ? photosTitle : strings[page]);
  }

  /** Loads the view in the URL; with `restored`, its photos are already in the feed. */
  function loadView(restored = false): void {
    const { view: current, at } = address();
    selection.clear();
    pages.show(address(), isSignedIn());
    showAlbum(current);
    const isGrid = pages.current === "photos";
    if (isGrid && !restored) void loadPhotos(current, at);
    void scrubber.show(isGrid && isTimeline(current) ? current.scope : null, at);
    void trends.load(current.scope, order());
    if (isSignedIn()) void rejectedCount.refresh();
    if (isOwnTimeline(current)) void processingPhotos.refresh();
    if (isGrid) autoRefresh.start();
    else autoRefresh.stop();
  }

  /** Loads the album of a view and shows its heading in place of the view's. */
  function showAlbum(current: View): void {
    elements.main.toggleAttribute("data-album", current.album !== null);
    void currentAlbum.load(current.album);
    if (current.album !== null || hadAlbum) {
      withAlbums((albums) => {
        albums.showHeading(view());
      });
    }
    hadAlbum ||= current.album !== null;
  }

  /** Loads the photos of a view; those that begin at a month are scrolled to. */
  async function loadPhotos(current: View, at: string | null): Promise<void> {
    await feed.load(current, at);
    if (at !== null && feed.newer !== "none") await elements.gallery.scrollToFirst();
  }

  /** Opens a view and adds it to the browser's history. */
  function navigate(to: View): void {
    elements.banner.message = null;
    cacheView();
    const { view: from, at, page } = address();
    if (!isSameView(to, from) || at !== null || page !== "photos") pushView(to, order());
    scrollTo(0, 0);
    loadView();
  }

  /** Goes to a month of the timeline; going from month to month adds one entry to the browser's history. */
  function goToMonth(at: string | null): void {
    const [from, to] = [address(), addressOf(view())];
    if (at === null) {
      navigate(to.view);
      return;
    }
    cacheView();
    const url = addressQuery({ ...to, at, trendOrder: from.trendOrder }, isSignedIn());
    if (from.at === null) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
    selection.clear();
    void loadPhotos(to.view, at);
  }

  /** Opens Explore or the map. */
  function openPage(page: PageKind): void {
    cacheView();
    if (address().page !== page) history.pushState(null, "", urlOf({ ...addressOf(allPhotos(view().scope)), page }));
    scrollTo(0, 0);
    loadView();
  }

  /** Caches the current view and its scroll position. */
  function cacheView(): void {
    if (pages.current !== "photos") return;
    const snapshot = feed.snapshot();
    if (snapshot !== null) viewCache.store({ snapshot, scrollOffset: elements.gallery.scrollDepth });
  }

  /** Shows the view in the URL from the cache, or loads it. */
  function restoreView(): void {
    const { view: current, at, page } = address();
    const cached = page === "photos" ? viewCache.find(current, at) : null;
    const restored = cached !== null && feed.restore(cached.snapshot);
    loadView(restored);
    if (restored) void elements.gallery.scrollToDepth(cached.scrollOffset);
    else scrollTo(0, 0);
  }

  function pushView(to: View, by: TrendOrder): void {
    history.pushState(null, "", urlOf({ ...addressOf(to), trendOrder: by }));
  }

  /** Shows the photos of a search, or says that it has too many words or tags. */
  function search(to: View): void {
    if (to.words.length > MAX_WORDS) elements.banner.message = strings.tooManyWords(MAX_WORDS);
    else if (Math.max(to.tags.length, to.excluded.length) > MAX_TERMS) elements.banner.message = strings.tooManyTerms(MAX_TERMS);
    else navigate(to);
  }

  /** Shows the search in another scope, and says which filters it loses there. */
  function searchIn(scope: Scope): void {
    const from = view();
    navigate(withScope(from, scope));
    const lost = scope === "public" ? ownChips(from) : [];
    if (lost.length > 0) elements.banner.message = strings.ownFiltersRemoved(describeChips(lost));
  }

  function editFilters(focused: Chip["kind"] | null): void {
    const names = {
      places: () => api.listNames("place"),
      cameras: () => api.listNames("camera"),
    };
    dialogModules.filters().then(({ openFilterDialog }) => {
      openFilterDialog(view(), focused, names, search);
    }, showError);
  }

  function addFiles(files: readonly File[], folders: readonly FileSystemEntry[] = []): void {
    loadUploads().then((uploads) => void (isSignedIn() ? uploads.openWithFiles(files, folders) : uploads.openSignInPrompt()), showError);
  }

  for (const state of [
    session,
    feed,
    currentAlbum,
    trends,
    suggestions,
    publicMatches,
    rejectedCount,
    processingPhotos,
    newPhotos,
    sentPhoto,
    selection,
  ])
    state.watch(render);

  let stopWatchingSession: () => void = () => undefined;
  function syncDialogs(): void {
    dialogs.sync(isSignedIn());
  }

  /** Opens the photo in the URL, or closes the viewer. */
  function followPhoto(): void {
    viewer.followUrl().catch(showError);
  }

  /** Whose photos are on the page. */
  let previousUser: string | null = null;

  /** Shows the photos of a user who signed in; for the same user, continues what failed while the session had ended. */
  const handleSessionChange = () => {
    if (session.isOver) {
      leavePage(location.pathname);
      return;
    }
    const isSameUser = isSignedIn() && session.user === previousUser;
    previousUser = session.user;
    if (isSameUser) {
      if (!session.expired) retryFailed();
      return;
    }
    viewCache.clear();
    facets.clear();
    scrubber.clear();
    albumNames.clear();
    if (session.expired) elements.banner.message = strings.signedOut;
    loadView();
    syncDialogs();
    followPhoto();
    // Preload while there is a network, so that files dropped later start at once.
    if (isSignedIn()) setTimeout(() => void loadUploads().catch(() => undefined), PRELOAD_DELAY);
  };

  function signIn(): void {
    session.signIn(location.search + location.hash.replace(SIGN_IN_HASH, "")).then(
      (address) => {
        location.assign(address);
      },
      (error: unknown) => {
        if (error instanceof AppError) showError(error);
        else elements.banner.message = strings.signInFailed;
      },
    );
  }
  onPageEvent("sign-in", signIn);
  async function signOut(): Promise<void> {
    stopWatchingSession();
    hidePage();
    leavePage(await session.signOut());
  }
  onPageEvent("sign-out", () => {
    if (newPhotos.uploading)
      loadUploads()
        .then((uploads) => uploads.confirmSignOut(signOut))
        .catch(showError);
    else void signOut();
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted && session.isOver) leavePage(location.pathname);
  });
  onPageEvent("set-theme", (theme) => {
    storeTheme(deviceStorage, theme);
    applyTheme();
    render();
  });
  onPageEvent("set-shared-computer", (shared) => {
    session.setSharedComputer(shared);
    render();
  });
  onPageEvent("open-api-keys", () => {
    dialogs.open("apiKeys");
  });
  onPageEvent("open-about", () => {
    dialogs.open("about");
  });
  onPageEvent("open-labels", () => {
    dialogs.open("labels");
  });
  onPageEvent("open-near-duplicates", () => {
    dialogs.open("nearDuplicates");
  });
  onPageEvent("open-shared-links", () => {
    dialogs.open("sharedLinks");
  });
  onPageEvent("share", share);
  onPageEvent("open-bundles", () => {
    dialogs.openBundles([]);
  });
  onPageEvent("dismiss-banner", () => {
    elements.banner.message = null;
    dialogs.giveUp();
  });

  onPageEvent("search", search);
  onPageEvent("add-term", (tag) => {
    search(addTerm(view(), { tag, excluded: false }));
  });
  onPageEvent("remove-term", (tag) => {
    search(removeTerm(view(), tag));
  });
  onPageEvent("edit-filters", editFilters);
  onPageEvent("open-facets", (open) => {
    elements.filterBar.facetsOpen = open;
    if (!open) facets.clear();
  });
  onPageEvent("open-page", openPage);
  onPageEvent("new-album", () => {
    withAlbums((albums) => {
      albums.create();
    });
  });
  onPageEvent("save-search", () => {
    const [current, { total }] = [view(), feed];
    withAlbums((albums) => {
      albums.saveSearch(current, suggestedTitle(current), total);
    });
  });
  onPageEvent("show-all", () => {
    navigate(allPhotos(view().scope));
  });
  onPageEvent("set-scope", searchIn);
  onPageEvent("show-rejected", () => {
    navigate(photosInState("rejected"));
  });
  onPageEvent("show-trash", () => {
    navigate(photosInState("trashed"));
  });
  onPageEvent("empty-trash", () => {
    photoSelection.emptyTrash().catch(showError);
  });
  onPageEvent("open-random", () => {
    const {
      tags: [tag],
      scope,
    } = view();
    if (tag === undefined) return;
    viewer.openRandom(() => api.randomPhoto(tag, scope)).catch(showError);
  });
  onPageEvent("select-photo", ({ photoId, range }) => {
    photoSelection.select(photoId, range);
  });
  onPageEvent("select-photos", (photoIds) => {
    photoSelection.toggleAll(photoIds);
  });
  onPageEvent("set-trend-order", (by) => {
    pushView(view(), by);
    void trends.load(view().scope, by);
  });
  onPageEvent("suggest", (text) => {
    suggestions.suggest(text, view().scope);
  });
  onPageEvent("load-more", () => void feed.loadMore());
  onPageEvent("load-newer", () => void feed.loadNewer());
  onPageEvent("go-to-month", goToMonth);
  onPageEvent("retry-load", () => {
    loadView();
  });
  onPageEvent("image-failed", (photoId) => {
    urlRefresher.refresh(photoId);
  });
  onPageEvent("open-photo", (photoId) => {
    const photo = feed.photos.find((other) => other.photo_id === photoId);
    if (photo !== undefined) viewer.open(photo).catch(showError);
  });

  onPageEvent("choose-files", (what) => {
    if (isSignedIn()) elements.header.openFilePicker(what);
    else addFiles([]);
  });
  onPageEvent("add-files", addFiles);
  acceptDrops(window, {
    onFiles: addFiles,
    onHoverChange: (hovering) => {
      document.body.classList.toggle("dragging-files", hovering);
    },
  });

  history.scrollRestoration = "manual";
  addEventListener("popstate", () => {
    syncDialogs();
    if (viewer.handleBack()) return;
    const { page, at } = address();
    if (pages.current !== page || (page === "photos" && (feed.view === null || !isSameView(feed.view, view()) || feed.at !== at))) {
      cacheView();
      restoreView();
    } else if (trends.order !== order()) void trends.load(view().scope, order());
    followPhoto();
  });
  /** Loads what failed while the library was unreachable, or refused requests. */
  function retryFailed(): void {
    if (elements.banner.message === strings.unreachable || elements.banner.message === strings.signedOut) elements.banner.message = null;
    if (feed.status === "failed") loadView();
    else elements.gallery.retryFailedImages();
    photoSelection.loadActions();
    pages.retry();
    syncDialogs();
    followPhoto();
  }
  moduleRecovery.watch(retryFailed);
  addEventListener("online", () => {
    render();
    if (feed.status === "stalled") void feed.loadMore();
    if (feed.status !== "failed") void trends.refresh();
    autoRefresh.start();
    retryRepeatedly(systemClock, browserNetwork, retryFailed);
  });
  addEventListener("offline", render);
  addEventListener("keydown", (event) => {
    const isOverlayOpen = document.querySelector("dialog[open], .pswp") !== null;
    if (isOverlayOpen || !isSingleKeyShortcut(event, deviceStorage)) return;
    if (event.key === "/") {
      event.preventDefault();
      document.querySelector<HTMLElement>("#search")?.focus();
    }
    if (event.key === "?") showShortcuts();
  });
  document.querySelector("#shortcuts")?.addEventListener("click", showShortcuts);
  document.querySelector("#skip")?.addEventListener("click", (event) => {
    event.preventDefault();
    elements.gallery.focusIndex(0);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) autoRefresh.stop();
    else autoRefresh.start();
  });

  try {
    const query = await session.start(new URL(location.href));
    if (query !== null) history.replaceState(null, "", query || location.pathname);
  } catch (error) {
    console.error(error);
    if (isSignInRedirect(new URL(location.href))) history.replaceState(null, "", location.pathname);
    if (error instanceof GrantRejectedError) elements.banner.message = strings.signInFailed;
    // The photos, which can't be loaded either, say that the library is unreachable.
    else if (!(error instanceof NetworkError)) showError(error);
  }
  if (location.hash === SIGN_IN_HASH) {
    if (!isSignedIn()) {
      signIn();
      return;
    }
    history.replaceState(null, "", location.pathname + location.search);
  }
  setTimeout(prepareForLater, PRELOAD_DELAY);
  handleSessionChange();
  stopWatchingSession = session.watch(handleSessionChange);
}

/** Loads what is not needed at first: the styles for printing, and the service worker, if the browser lets it run: private windows may not. */
function prepareForLater(): void {
  loadPrintStyles().catch(() => undefined);
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("service-worker.js").catch(() => undefined);
}

/** Shows an error in the banner. */
function showError(error: unknown): void {
  elements.banner.message = explain(error);
}

function showShortcuts(): void {
  dialogModules.shortcuts().then(({ openShortcutsDialog }) => {
    openShortcutsDialog();
  }, showError);
}

await start();
