/**
 * Where everything meets: connects what people do on the page with what follows from it.
 */
import "./styles/main.css";

import { fetchConfig } from "./api/client.ts";
import { GrantRejectedError, isSignInRedirect } from "./auth/session.ts";
import { openLibrary } from "./container.ts";
import { acceptDrops } from "./controllers/file-drop.ts";
import { Desk } from "./controllers/hash-dialog.ts";
import { Picking } from "./controllers/photo-selection.ts";
import { Showing } from "./controllers/viewer-history.ts";
import { isSingleKeyShortcut } from "./core/character-keys.ts";
import { type Config, readConfig } from "./core/config.ts";
import { AppError } from "./core/errors.ts";
import { lazyImport } from "./core/lazy-import.ts";
import { onPageEvent } from "./elements/page-element.ts";
import { definePageElements } from "./elements/page-elements.ts";
import { viewTitle } from "./elements/view-heading.ts";
import { explain, strings } from "./i18n/common.ts";
import { BundleDraft } from "./state/bundle-draft.ts";
import type { Photo } from "./state/photo.ts";
import type { SearchTerm } from "./state/search-terms.ts";
import { ViewCache } from "./state/view-cache.ts";
import {
  photosInState, dateView, allPhotos, hasDates, hasTerm, isFiltered, isOwnTimeline, MAX_TERMS, tagView, parseOrder, parseView, isSameView, type TrendOrder, type View, removeTerm,
  addTerms, viewQuery,
} from "./state/view.ts";

/** What will be needed before long is loaded when the page itself has come, ms. */
const SOON = 1000;

const elements = definePageElements();
const NONE: readonly Photo[] = [];
const parts = {
  keys: lazyImport(() => import("./elements/api-keys-dialog.ts")),
  about: lazyImport(() => import("./elements/about-dialog.ts")),
  takeaway: lazyImport(() => import("./elements/bundle-dialog.ts")),
  shortcuts: lazyImport(() => import("./elements/shortcuts-dialog.ts")),
};

async function begin(): Promise<void> {
  elements.filterBar.reserveSpace = isFiltered(parseView(location.search, false));
  try {
    const config = readConfig(await fetchConfig(new URL("config.json", document.baseURI)));
    await open(config);
  } catch (error) {
    console.error(error);
    elements.gallery.state = {
      status: "failed", error, photos: [], processing: [], hasMore: false, view: allPhotos("public"), signedIn: false, demo: false, selected: new Set(),
    };
    onPageEvent("retry-load", () => {
      location.reload();
    });
  }
}

async function open(config: Config): Promise<void> {
  const library = openLibrary(config);
  const { session, feed, trends, completions, attention, underway, refresher, freshener, curating } = library;
  const draft = new BundleDraft();
  const toAccount = () => {
    elements.header.focusAccountButton();
  };
  const desks = {
    keys: new Desk("#keys", async (closed) => {
      const { openApiKeysDialog } = await parts.keys();
      return () => openApiKeysDialog(library.office, config.api, closed);
    }, toAccount, tell),
    about: new Desk("#about", async (closed) => {
      const { openAboutDialog } = await parts.about();
      return () => openAboutDialog(library.figures, view().scope, closed);
    }, toAccount, tell),
    takeaway: new Desk("#takeaway", async (closed) => {
      const { openBundleDialog } = await parts.takeaway();
      // The address alone says what is looked for, so that is what may be taken away.
      if (draft.isEmpty && view().scope === "mine") {
        const { tags, match } = view();
        draft.reset(tags, tags.length > 1 ? match : "any", []);
      }
      return () => openBundleDialog(library.porter, draft, config.api, closed);
    }, toAccount, tell),
  };
  const { selection } = curating;
  const places = new ViewCache();
  function takeAway(photoIds: readonly string[]): void {
    draft.reset([], "any", photoIds);
    desks.takeaway.open();
  }
  const picking = new Picking({ ...curating, gallery: elements.gallery, shelf: () => view().state, takeAway }, tell);
  const editing = {
    ...library.editing,
    trash: (photo: Photo) => {
      picking.act({ action: "trash", photos: [photo], tags: [] }).catch(tell);
    },
  };
  const showing = new Showing(feed, elements.gallery, library.record, editing, (tag) => {
    go(tagView(view(), tag));
  });

  /** Putting photos in. */
  const loadUploading = lazyImport(async () => {
    const { openUploading } = await import("./controllers/uploads.ts");
    return openUploading({
      ...library.doors,
      announce: (sentences) => {
        const status = document.querySelector("#announcements");
        if (status !== null) status.textContent = sentences;
      },
      notice: (message) => {
        elements.banner.message = message;
      },
      show: (photo) => {
        showing.open(photo).catch(tell);
      },
    });
  });

  const signedIn = () => session.status === "signed-in";
  const view = () => parseView(location.search, signedIn());
  const order = () => parseOrder(location.search);

  function paint(): void {
    const { header, banner, heading, filterBar, tagList, gallery } = elements;
    banner.offline = !navigator.onLine;
    const seen = view();
    Object.assign(header, { status: session.status, name: session.name, completions: completions.current });
    // Whose photos these will be is not known yet.
    if (session.status === "starting") return;
    header.view = seen;
    Object.assign(heading, { view: seen, signedIn: signedIn() });
    Object.assign(filterBar, { view: seen, rejectedCount: attention.current });
    const ready = seen.state === "ready";
    Object.assign(tagList, { trends: ready ? trends.items : [], loading: ready && trends.isLoading, order: trends.order, selected: seen.tags });
    const { status, photos, hasMore, error } = feed;
    gallery.state = {
      status, photos, processing: isOwnTimeline(seen) ? underway.photos : NONE, hasMore, error,
      view: seen, signedIn: signedIn(), demo: config.demo, selected: selection.selected,
    };
    document.title = strings.title(viewTitle(seen, signedIn()));
  }

  /** Loads whatever the address asks for; `known` if its photos are here already. */
  function show(known = false): void {
    const asked = view();
    selection.clear();
    if (!known) void feed.load(asked);
    void trends.load(asked.scope, order());
    if (signedIn()) void attention.refresh();
    else for (const told of [attention, underway]) told.clear();
    if (isOwnTimeline(asked)) void underway.refresh();
    refresher.start();
  }

  /** Goes to a view, as a step that Back takes back. */
  function go(to: View): void {
    elements.banner.message = null;
    leave();
    if (!isSameView(to, view())) step(to, order());
    scrollTo(0, 0);
    show();
  }

  /** Remembers what is shown, and the place in it. */
  function leave(): void {
    const snapshot = feed.snapshot();
    if (snapshot !== null) places.store({ snapshot, scrollOffset: elements.gallery.scrollDepth });
  }

  /** Shows what the address asks for as it was when it was left, or anew. */
  function goBack(): void {
    const place = places.find(view());
    const known = place !== null && feed.restore(place.snapshot);
    show(known);
    if (known) void elements.gallery.scrollToDepth(place.scrollOffset);
    else scrollTo(0, 0);
  }

  function step(to: View, by: TrendOrder): void {
    history.pushState(null, "", viewQuery(to, signedIn(), by) || location.pathname);
  }

  /** Adds terms to what is looked for, or says why that cannot be. */
  function find(terms: readonly SearchTerm[]): void {
    const [from, to] = [view(), addTerms(view(), terms)];
    if (!terms.every((term) => hasTerm(to, term))) {
      elements.banner.message = to.tags.length === 0 ? strings.withoutNeedsTag : strings.tooManyTerms(MAX_TERMS);
      return;
    }
    go(to);
    if (hasDates(from)) elements.banner.message = strings.datesLeft;
  }

  function add(files: readonly File[], folders: readonly FileSystemEntry[] = []): void {
    loadUploading().then((loaded) => void (signedIn() ? loaded.add(files, folders) : loaded.askToSignIn()), tell);
  }

  for (const state of [session, feed, trends, completions, attention, underway, selection]) state.watch(paint);

  let stopFollowing: () => void = () => undefined;
  /** Somebody else is looking, or nobody any more. */
  const follow = () => {
    places.clear();
    if (session.expired) elements.banner.message = strings.lapsed;
    show();
    for (const desk of Object.values(desks)) void desk.follow(signedIn());
    // Soon, and while there is a line: what is dropped later need not wait for it.
    if (signedIn()) setTimeout(() => void loadUploading().catch(() => undefined), SOON);
  };

  onPageEvent("sign-in", () => {
    session.signIn(location.search + location.hash).then(
      (address) => {
        location.assign(address);
      },
      (problem: unknown) => {
        if (problem instanceof AppError) tell(problem);
        else elements.banner.message = strings.signInFailed;
      },
    );
  });
  onPageEvent("sign-out", () => {
    stopFollowing();
    location.assign(session.signOut());
  });
  onPageEvent("open-api-keys", () => {
    desks.keys.open();
  });
  onPageEvent("open-about", () => {
    desks.about.open();
  });
  onPageEvent("open-bundles", () => {
    takeAway([]);
  });
  onPageEvent("dismiss-banner", () => {
    elements.banner.message = null;
  });

  onPageEvent("add-terms", find);
  onPageEvent("remove-term", (tag) => {
    go(removeTerm(view(), tag));
  });
  onPageEvent("set-match", (match) => {
    go({ ...view(), match });
  });
  onPageEvent("set-dates", ({ from, to }) => {
    go(dateView(view(), from, to));
  });
  onPageEvent("show-all", () => {
    go(allPhotos(view().scope));
  });
  onPageEvent("set-scope", (scope) => {
    go(allPhotos(scope));
  });
  onPageEvent("show-rejected", () => {
    go(photosInState("rejected"));
  });
  onPageEvent("show-trash", () => {
    go(photosInState("trashed"));
  });
  onPageEvent("open-random", () => {
    const { tags: [tag], scope } = view();
    if (tag === undefined) return;
    showing.surprise(() => library.random(tag, scope)).catch(tell);
  });
  onPageEvent("select-photo", ({ photoId, range }) => {
    picking.pick(photoId, range);
  });
  onPageEvent("select-photos", (photoIds) => {
    const [chosen, [first]] = [selection.selected, photoIds];
    const others = [...chosen].filter((photoId) => !photoIds.includes(photoId));
    if (first !== undefined) picking.pick(first, false);
    selection.replace(photoIds.every((photoId) => chosen.has(photoId)) ? others : [...others, ...photoIds]);
  });
  onPageEvent("set-trend-order", (by) => {
    step(view(), by);
    void trends.load(view().scope, by);
  });
  onPageEvent("complete-tag", (prefix) => {
    completions.complete(prefix, view().scope);
  });
  onPageEvent("exclude-tag", () => {
    elements.header.typeInSearch("-");
  });
  onPageEvent("load-more", () => void feed.loadMore());
  onPageEvent("retry-load", () => {
    show();
  });
  onPageEvent("image-failed", (photoId) => {
    freshener.refresh(photoId);
  });
  onPageEvent("open-photo", (photoId) => {
    const photo = feed.photos.find((other) => other.photo_id === photoId);
    if (photo !== undefined) showing.open(photo).catch(tell);
  });

  onPageEvent("choose-files", (what) => {
    if (signedIn()) elements.header.openFilePicker(what);
    else add([]);
  });
  onPageEvent("add-files", add);
  acceptDrops(window, {
    files: add,
    hovering: (hovering) => {
      document.body.classList.toggle("dragging-files", hovering);
    },
  });

  history.scrollRestoration = "manual";
  addEventListener("popstate", () => {
    for (const desk of Object.values(desks)) void desk.follow(signedIn());
    if (showing.back()) return;
    if (feed.view === null || !isSameView(feed.view, view())) {
      leave();
      goBack();
    }
    else if (trends.order !== order()) void trends.load(view().scope, order());
  });
  addEventListener("online", () => {
    paint();
    if (elements.banner.message === strings.unreachable) elements.banner.message = null;
    if (feed.status === "failed") show();
    else {
      elements.gallery.retryFailedImages();
      if (feed.status === "stalled") void feed.loadMore();
      void trends.refresh();
    }
    refresher.start();
    picking.resume();
    for (const desk of Object.values(desks)) void desk.follow(signedIn());
  });
  addEventListener("offline", paint);
  addEventListener("keydown", (event) => {
    const elsewhere = document.querySelector("dialog[open], .pswp") !== null;
    if (elsewhere || !isSingleKeyShortcut(event, localStorage)) return;
    if (event.key === "/") {
      event.preventDefault();
      document.querySelector<HTMLElement>("#search")?.focus();
    }
    if (event.key === "?") tellShortcuts();
  });
  document.querySelector("#shortcuts")?.addEventListener("click", tellShortcuts);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) refresher.stop();
    else refresher.start();
  });

  try {
    const query = await session.start(new URL(location.href));
    if (query !== null) history.replaceState(null, "", query || location.pathname);
  } catch (problem) {
    console.error(problem);
    if (isSignInRedirect(new URL(location.href))) history.replaceState(null, "", location.pathname);
    elements.banner.message = problem instanceof GrantRejectedError ? strings.signInFailed : explain(problem);
  }
  follow();
  stopFollowing = session.watch(follow);
}

/** Says what went wrong. */
function tell(problem: unknown): void {
  elements.banner.message = explain(problem);
}

function tellShortcuts(): void {
  parts.shortcuts().then(({ openShortcutsDialog }) => {
    openShortcutsDialog();
  }, tell);
}

await begin();
