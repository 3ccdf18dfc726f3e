/**
 * The dialogs of the account menu, each at a hash of the URL, such as `#keys`. Their code is loaded when they open.
 */
import type { ApiClient } from "../api/client.ts";
import { lazyImport } from "../core/lazy-import.ts";
import type { Album } from "../state/albums.ts";
import type { BundleDraft } from "../state/bundle-draft.ts";
import type { Photo } from "../state/photo.ts";
import type { View } from "../state/view.ts";
import { HashDialog, type LoadDialog } from "./hash-dialog.ts";

export interface PageDialogsContext {
  readonly api: ApiClient;
  /** The URL of the API, for examples and links. */
  readonly apiUrl: string;
  readonly view: () => View;
  /** Called with photos that a dialog has changed. */
  readonly onPhotosChanged: (photos: readonly Photo[]) => void;
  readonly onClosed: () => void;
  readonly onLoadError: (error: unknown) => void;
}

export type PageDialog = "about" | "apiKeys" | "bundles" | "labels" | "nearDuplicates" | "sharedLinks";

const modules = {
  apiKeys: lazyImport(() => import("../elements/api-keys-dialog.ts")),
  about: lazyImport(() => import("../elements/about-dialog.ts")),
  bundles: lazyImport(() => import("../elements/bundle-dialog.ts")),
  labels: lazyImport(() => import("../elements/labels-dialog.ts")),
  nearDuplicates: lazyImport(() => import("../elements/near-duplicates-dialog.ts")),
  sharing: lazyImport(() => import("../elements/share-dialog.ts")),
};

export class PageDialogs {
  readonly #context: PageDialogsContext;
  readonly #dialogs: Readonly<Record<PageDialog, HashDialog>>;
  /** What the download dialog offers; it comes with the dialog. */
  #draft: BundleDraft | null = null;
  #prepareDraft: (draft: BundleDraft) => void = () => undefined;

  constructor(context: PageDialogsContext) {
    this.#context = context;
    const { api, apiUrl, view, onPhotosChanged, onClosed, onLoadError } = context;
    const dialog = (hash: string, load: LoadDialog) => new HashDialog(hash, load, onClosed, onLoadError);
    this.#dialogs = {
      apiKeys: dialog("#keys", async (closed) => {
        const { openApiKeysDialog } = await modules.apiKeys();
        return () => openApiKeysDialog(api, apiUrl, closed);
      }),
      about: dialog("#about", async (closed) => {
        const { openAboutDialog } = await modules.about();
        return () => openAboutDialog((scope) => api.getStatistics(scope), view().scope, closed);
      }),
      labels: dialog("#labels", async (closed) => {
        const { openLabelsDialog } = await modules.labels();
        const { scope, tags, excluded } = view();
        const [tag] = scope === "mine" && tags.length === 1 && excluded.length === 0 ? tags : [];
        return () => openLabelsDialog(api, tag ?? null, closed);
      }),
      nearDuplicates: dialog("#similar", async (closed) => {
        const { openNearDuplicatesDialog } = await modules.nearDuplicates();
        return () => openNearDuplicatesDialog(api, onPhotosChanged, closed);
      }),
      sharedLinks: dialog("#shared-links", async (closed) => {
        const { openSharedLinksDialog } = await modules.sharing();
        return () => openSharedLinksDialog(api, closed);
      }),
      bundles: dialog("#download", (closed) => this.#loadBundles(closed)),
    };
  }

  open(name: Exclude<PageDialog, "bundles">): void {
    this.#dialogs[name].open();
  }

  /** Opens the download dialog for these photos or this album; without any, for all photos. */
  openBundles(photoIds: readonly string[], album: Album | null = null): void {
    this.#prepareDraft = (draft) => {
      draft.reset([], "any", photoIds, album);
    };
    this.#dialogs.bundles.open();
  }

  /** Opens the dialog in the URL if the user is signed in, and closes any other. */
  sync(signedIn: boolean): void {
    for (const dialog of Object.values(this.#dialogs)) void dialog.sync(signedIn);
  }

  /** Gives up a dialog that did not load. */
  giveUp(): void {
    for (const dialog of Object.values(this.#dialogs)) dialog.giveUp();
  }

  async #loadBundles(closed: () => void): ReturnType<LoadDialog> {
    const { api, apiUrl, view } = this.#context;
    const { BundleDraft, openBundleDialog } = await modules.bundles();
    const draft = (this.#draft ??= new BundleDraft());
    this.#prepareDraft(draft);
    this.#prepareDraft = () => undefined;
    // The URL was opened directly: offer the photos of the current search.
    if (draft.source === "all" && view().scope === "mine") {
      const { tags, match } = view();
      draft.reset(tags, tags.length > 1 ? match : "any", []);
    }
    return () => openBundleDialog(api, draft, apiUrl, closed);
  }
}
