/**
 * Where everything meets: connects what people do on the page with what follows from it.
 */
import "./styles/main.css";

import { fetchConfig } from "./api/client.ts";
import { GrantRefused, isReturn } from "./auth/session.ts";
import { openLibrary } from "./container.ts";
import { acceptDrops } from "./controllers/file-drop.ts";
import { Desk } from "./controllers/hash-dialog.ts";
import { Picking } from "./controllers/photo-selection.ts";
import { Showing } from "./controllers/viewer-history.ts";
import { isSingleKey } from "./core/character-keys.ts";
import { type Config, readConfig } from "./core/config.ts";
import { Problem } from "./core/errors.ts";
import { part } from "./core/lazy-import.ts";
import { onPageEvent } from "./elements/page-element.ts";
import { definePageElements } from "./elements/page-elements.ts";
import { viewTitle } from "./elements/view-heading.ts";
import { explain, strings } from "./i18n/common.ts";
import { Draft } from "./state/bundle-draft.ts";
import type { Photo } from "./state/photo.ts";
import type { Term } from "./state/search-terms.ts";
import { Places } from "./state/view-cache.ts";
import {
  aside, between, everything, hasDates, hasTerm, isNarrowed, isOwnTimeline, MOST_TERMS, onlyTag, readOrder, readView, sameView, type TrendOrder, type View, withoutTerm,
  withTerms, writeView,
} from "./state/view.ts";

/** What will be needed before long is loaded when the page itself has come, ms. */
const SOON = 1000;

const elements = definePageElements();
const NONE: readonly Photo[] = [];
const parts = {
  keys: part(() => import("./elements/api-keys-dialog.ts")),
  about: part(() => import("./elements/about-dialog.ts")),
  takeaway: part(() => import("./elements/bundle-dialog.ts")),
  shortcuts: part(() => import("./elements/shortcuts-dialog.ts")),
};

async function begin(): Promise<void> {
  elements.filterBar.reserveSpace = isNarrowed(readView(location.search, false));
  try {
    const config = readConfig(await fetchConfig(new URL("config.json", document.baseURI)));
    await open(config);
  } catch (problem) {
    console.error(problem);
    elements.gallery.state = {
      status: "failed", error: problem, photos: [], processing: [], hasMore: false, view: everything("public"), signedIn: false, demo: false, selected: new Set(),
    };
    onPageEvent("retry-load", () => {
      location.reload();
    });
  }
}

async function open(config: Config): Promise<void> {
  const library = openLibrary(config);
  const { session, feed, trends, completions, attention, underway, refresher, freshener, curating } = library;
  const draft = new Draft();
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
        draft.begin(tags, tags.length > 1 ? match : "any", []);
      }
      return () => openBundleDialog(library.porter, draft, config.api, closed);
    }, toAccount, tell),
  };
  const { selection } = curating;
  const places = new Places();
  function takeAway(photoIds: readonly string[]): void {
    draft.begin([], "any", photoIds);
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
    go(onlyTag(view(), tag));
  });

  /** Putting photos in. */
  const loadUploading = part(async () => {
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
  const view = () => readView(location.search, signedIn());
  const order = () => readOrder(location.search);

  function paint(): void {
    const { header, banner, heading, filterBar, tagList, gallery } = elements;
    banner.offline = !navigator.onLine;
    const seen = view();
    Object.assign(header, { status: session.status, name: session.name, completions: completions.completed });
    // Whose photos these will be is not known yet.
    if (session.status === "starting") return;
    header.view = seen;
    Object.assign(heading, { view: seen, signedIn: signedIn() });
    Object.assign(filterBar, { view: seen, rejectedCount: attention.rejected });
    const ready = seen.state === "ready";
    Object.assign(tagList, { trends: ready ? trends.items : [], loading: ready && trends.waiting, order: trends.order, selected: seen.tags });
    const { status, photos, hasMore, problem } = feed;
    gallery.state = {
      status, photos, processing: isOwnTimeline(seen) ? underway.photos : NONE, hasMore, error: problem,
      view: seen, signedIn: signedIn(), demo: config.demo, selected: selection.chosen,
    };
    document.title = strings.title(viewTitle(seen, signedIn()));
  }

  /** Loads whatever the address asks for; `known` if its photos are here already. */
  function show(known = false): void {
    const asked = view();
    selection.clear();
    if (!known) void feed.show(asked);
    void trends.show(asked.scope, order());
    if (signedIn()) void attention.look();
    else for (const told of [attention, underway]) told.forget();
    if (isOwnTimeline(asked)) void underway.look();
    refresher.wake();
  }

  /** Goes to a view, as a step that Back takes back. */
  function go(to: View): void {
    elements.banner.message = null;
    leave();
    if (!sameView(to, view())) step(to, order());
    scrollTo(0, 0);
    show();
  }

  /** Remembers what is shown, and the place in it. */
  function leave(): void {
    const kept = feed.keep();
    if (kept !== null) places.keep({ kept, depth: elements.gallery.scrollDepth });
  }

  /** Shows what the address asks for as it was when it was left, or anew. */
  function goBack(): void {
    const place = places.find(view());
    const known = place !== null && feed.resume(place.kept);
    show(known);
    if (known) void elements.gallery.scrollToDepth(place.depth);
    else scrollTo(0, 0);
  }

  function step(to: View, by: TrendOrder): void {
    history.pushState(null, "", writeView(to, signedIn(), by) || location.pathname);
  }

  /** Adds terms to what is looked for, or says why that cannot be. */
  function find(terms: readonly Term[]): void {
    const [from, to] = [view(), withTerms(view(), terms)];
    if (!terms.every((term) => hasTerm(to, term))) {
      elements.banner.message = to.tags.length === 0 ? strings.withoutNeedsTag : strings.tooManyTerms(MOST_TERMS);
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
    places.forget();
    if (session.lapsed) elements.banner.message = strings.lapsed;
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
        if (problem instanceof Problem) tell(problem);
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
    go(withoutTerm(view(), tag));
  });
  onPageEvent("set-match", (match) => {
    go({ ...view(), match });
  });
  onPageEvent("set-dates", ({ from, to }) => {
    go(between(view(), from, to));
  });
  onPageEvent("show-all", () => {
    go(everything(view().scope));
  });
  onPageEvent("set-scope", (scope) => {
    go(everything(scope));
  });
  onPageEvent("show-rejected", () => {
    go(aside("rejected"));
  });
  onPageEvent("show-trash", () => {
    go(aside("trashed"));
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
    const [chosen, [first]] = [selection.chosen, photoIds];
    const others = [...chosen].filter((photoId) => !photoIds.includes(photoId));
    if (first !== undefined) picking.pick(first, false);
    selection.choose(photoIds.every((photoId) => chosen.has(photoId)) ? others : [...others, ...photoIds]);
  });
  onPageEvent("set-trend-order", (by) => {
    step(view(), by);
    void trends.show(view().scope, by);
  });
  onPageEvent("complete-tag", (prefix) => {
    completions.complete(prefix, view().scope);
  });
  onPageEvent("exclude-tag", () => {
    elements.header.typeInSearch("-");
  });
  onPageEvent("load-more", () => void feed.more());
  onPageEvent("retry-load", () => {
    show();
  });
  onPageEvent("image-failed", (photoId) => {
    freshener.freshen(photoId);
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
    if (feed.view === null || !sameView(feed.view, view())) {
      leave();
      goBack();
    }
    else if (trends.order !== order()) void trends.show(view().scope, order());
  });
  addEventListener("online", () => {
    paint();
    if (elements.banner.message === strings.unreachable) elements.banner.message = null;
    if (feed.status === "failed") show();
    else {
      elements.gallery.retryFailedImages();
      if (feed.status === "stalled") void feed.more();
      void trends.refresh();
    }
    refresher.wake();
    picking.resume();
    for (const desk of Object.values(desks)) void desk.follow(signedIn());
  });
  addEventListener("offline", paint);
  addEventListener("keydown", (event) => {
    const elsewhere = document.querySelector("dialog[open], .pswp") !== null;
    if (elsewhere || !isSingleKey(event, localStorage)) return;
    if (event.key === "/") {
      event.preventDefault();
      document.querySelector<HTMLElement>("#search")?.focus();
    }
    if (event.key === "?") tellShortcuts();
  });
  document.querySelector("#shortcuts")?.addEventListener("click", tellShortcuts);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) refresher.sleep();
    else refresher.wake();
  });

  try {
    const query = await session.start(new URL(location.href));
    if (query !== null) history.replaceState(null, "", query || location.pathname);
  } catch (problem) {
    console.error(problem);
    if (isReturn(new URL(location.href))) history.replaceState(null, "", location.pathname);
    elements.banner.message = problem instanceof GrantRefused ? strings.signInFailed : explain(problem);
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
