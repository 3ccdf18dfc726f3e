/**
 * What the page's elements share: they render into the document without a shadow root, so that one stylesheet applies and
 * labels can refer to any element, and they report user actions as events that bubble.
 */
import { LitElement } from "lit";

import type { Observable } from "../core/observable.ts";
import type { Theme } from "../core/theme.ts";
import type { Chip } from "../state/chips.ts";
import type { UploadMetadata } from "../state/upload-queue.ts";
import type { PageKind } from "../state/page-address.ts";
import type { ShareSubject } from "../state/shares.ts";
import type { Scope, TrendOrder, View } from "../state/view.ts";

/** An album by id, or one to create. */
export type ChosenAlbum = { readonly id: string } | { readonly title: string };

/** The user actions and their details; `main.ts` handles each of them. */
export interface PageEvents {
  "sign-in": null;
  "sign-out": null;
  /** Null is the system's theme. */
  "set-theme": Theme | null;
  /** Whether others use this computer. */
  "set-shared-computer": boolean;
  "open-about": null;
  "open-api-keys": null;
  "open-bundles": null;
  "open-labels": null;
  "open-near-duplicates": null;
  "open-shared-links": null;
  /** Open the dialog that shares an album or photos. */
  share: ShareSubject;
  /** Open the browser's file picker. */
  "choose-files": "files" | "folder";
  /** Files were chosen, dropped or pasted. */
  "add-files": readonly File[];
  /** Upload files, and add their photos to an album. */
  "start-upload": { readonly files: readonly File[]; readonly wishes: Omit<UploadMetadata, "album">; readonly album: ChosenAlbum | null };
  /** Add a tag to the search. */
  "add-term": string;
  /** Remove a tag from the search. */
  "remove-term": string;
  /** Show the photos of a search. */
  search: View;
  /** Suggest what the text in the search field may mean; empty if nothing is typed. */
  suggest: string;
  /** Open the dialog with all filters, at one of them. */
  "edit-filters": Chip["kind"] | null;
  /** Show or hide the facets of what was found. */
  "open-facets": boolean;
  /** Create an album. */
  "new-album": null;
  /** Save the search as an album. */
  "save-search": null;
  /** Open another page than the grid of photos, or the grid. */
  "open-page": PageKind;
  /** Show the same search among the photos of this scope. */
  "set-scope": Scope;
  "set-trend-order": TrendOrder;
  "show-all": null;
  "show-rejected": null;
  "show-trash": null;
  "empty-trash": null;
  "load-more": null;
  /** Load photos newer than the first one. */
  "load-newer": null;
  /** Go to a month (YYYY-MM) of the timeline; null: to the newest photos. */
  "go-to-month": string | null;
  "retry-load": null;
  /** Open a random photo of the current tag. */
  "open-random": null;
  "open-photo": string;
  /** Toggle a photo; with `range`, select all photos from the one selected before. */
  "select-photo": { readonly photoId: string; readonly range: boolean };
  /** Select these photos, or deselect them if all are selected. */
  "select-photos": readonly string[];
  /** The image of a photo failed to load. */
  "image-failed": string;
  "retry-upload": string;
  "retry-all-uploads": null;
  "remove-upload": string;
  /** Open the photo of an upload. */
  "show-upload": string;
  /** Remove all finished uploads from the list. */
  "clear-uploads": null;
  /** Show the photos that were added. */
  "view-uploads": null;
  "dismiss-banner": null;
}

const eventName = (name: string) => `tintype:${name}`;

export abstract class PageElement extends LitElement {
  #stopWatching: readonly (() => void)[] = [];

  /** What the element renders besides its properties: it renders again when one of these changes. Read when it is added to the page. */
  protected get watched(): readonly Observable[] {
    return [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const update = () => {
      this.requestUpdate();
    };
    this.#stopWatching = this.watched.map((state) => state.watch(update));
  }

  override disconnectedCallback(): void {
    for (const stop of this.#stopWatching) stop();
    super.disconnectedCallback();
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Dispatches a user action. */
  protected emit<Name extends keyof PageEvents>(name: Name, detail: PageEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(eventName(name), { detail, bubbles: true }));
  }
}

/** Defines an element and returns the one in the page. */
export function defineElement<Element extends HTMLElement>(name: string, type: new () => Element): Element {
  customElements.define(name, type);
  const element = document.querySelector<Element>(name);
  if (element === null) throw new Error(`the page lacks <${name}>`);
  return element;
}

/** Defines an element of a module that may be opened more than once. */
export function defineOnce(name: string, type: CustomElementConstructor): void {
  if (customElements.get(name) === undefined) customElements.define(name, type);
}

/** Handles a user action, wherever on the page it happens. */
export function onPageEvent<Name extends keyof PageEvents>(name: Name, handle: (detail: PageEvents[Name]) => void): void {
  document.addEventListener(eventName(name), (event) => {
    handle((event as CustomEvent<PageEvents[Name]>).detail);
  });
}
