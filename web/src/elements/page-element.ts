/**
 * What all elements of the page share: they render into the document itself, so that one stylesheet, labels and
 * descriptions reach everywhere, and they tell what a person did in events that bubble.
 */
import { LitElement } from "lit";

import type { SearchTerm } from "../state/search-terms.ts";
import type { UploadMetadata } from "../state/upload-queue.ts";
import type { Match, Scope, TrendOrder } from "../state/view.ts";

/** Everything a person can do here, and what goes with it; `main.ts` connects each to what follows from it. */
export interface PageEvents {
  "sign-in": null;
  "sign-out": null;
  /** The library in figures. */
  "open-about": null;
  /** One's API keys. */
  "open-api-keys": null;
  /** Photos are to be added: let files be chosen, or a folder. */
  "choose-files": "files" | "folder";
  /** Files were chosen, dropped or pasted. */
  "add-files": readonly File[];
  /** Chosen files are to go into the library, with these words. */
  "start-upload": { readonly files: readonly File[]; readonly wishes: UploadMetadata };
  /** Terms of a search were given: they come to those there are. */
  "add-terms": readonly SearchTerm[];
  /** A tag is no longer to be part of the search. */
  "remove-term": string;
  "set-match": Match;
  /** Something is being typed into the search, or nothing any more. */
  "complete-tag": string;
  /** A tag to be left out is about to be typed. */
  "exclude-tag": null;
  /** Only the photos of these days. */
  "set-dates": { readonly from: string | null; readonly to: string | null };
  /** All photos again. */
  "show-all": null;
  /** What could not be used, with its reasons. */
  "show-rejected": null;
  "set-scope": Scope;
  "set-trend-order": TrendOrder;
  /** The next page, and whatever failed once more. */
  "load-more": null;
  "retry-load": null;
  /** A photo of the tag looked for, at random. */
  "open-random": null;
  /** Photos to take away: those of the tags looked for, unless others are chosen. */
  "open-bundles": null;
  /** What lies in the trash. */
  "show-trash": null;
  /** A photo is chosen, or no longer; with `range` everything from the one chosen before it. */
  "select-photo": { readonly photoId: string; readonly range: boolean };
  /** All of these are chosen; or none of them any more, if they all were. */
  "select-photos": readonly string[];
  /** Open a photo, by id. */
  "open-photo": string;
  /** A photo's image did not load, by id. */
  "image-failed": string;
  /** Uploads, by their id. */
  "retry-upload": string;
  "retry-all-uploads": null;
  "remove-upload": string;
  "show-upload": string;
  "clear-uploads": null;
  /** A notice was read. */
  "dismiss-banner": null;
}

const event = (name: string) => `tintype:${name}`;

export abstract class PageElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** Tells whoever listens what the person did. */
  protected emit<Name extends keyof PageEvents>(name: Name, detail: PageEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(event(name), { detail, bubbles: true }));
  }
}

/** Defines an element and finds the one that stands in the page. */
export function defineElement<Element extends HTMLElement>(name: string, type: new () => Element): Element {
  customElements.define(name, type);
  const element = document.querySelector<Element>(name);
  if (element === null) throw new Error(`the page lacks <${name}>`);
  return element;
}

/** Calls `act` whenever somebody does that on the page. */
export function onPageEvent<Name extends keyof PageEvents>(name: Name, act: (detail: PageEvents[Name]) => void): void {
  document.addEventListener(event(name), (happened) => {
    act((happened as CustomEvent<PageEvents[Name]>).detail);
  });
}
