/**
 * What all elements of the page share: they render into the document itself, so that one stylesheet, labels and
 * descriptions reach everywhere, and they tell what a person did in events that bubble.
 */
import { LitElement } from "lit";

import type { Term } from "../state/search-terms.ts";
import type { Wishes } from "../state/upload-queue.ts";
import type { Match, Scope, TrendOrder } from "../state/view.ts";

/** Everything a person can do here, and what goes with it; `main.ts` connects each to what follows from it. */
export interface PageEvents {
  "sign-in": null;
  "sign-out": null;
  /** The library in figures. */
  about: null;
  /** One's API keys. */
  keys: null;
  /** Photos are to be added: let files be chosen, or a folder. */
  add: "files" | "folder";
  /** Files were chosen, dropped or pasted. */
  files: readonly File[];
  /** Chosen files are to go into the library, with these words. */
  put: { readonly files: readonly File[]; readonly wishes: Wishes };
  /** Terms of a search were given: they come to those there are. */
  find: readonly Term[];
  /** A tag is no longer to be part of the search. */
  unfind: string;
  match: Match;
  /** Something is being typed into the search, or nothing any more. */
  typing: string;
  /** A tag to be left out is about to be typed. */
  leaving: null;
  /** Only the photos of these days. */
  dates: { readonly from: string | null; readonly to: string | null };
  /** All photos again. */
  all: null;
  /** What could not be used, with its reasons. */
  attention: null;
  scope: Scope;
  order: TrendOrder;
  /** The next page, and whatever failed once more. */
  more: null;
  again: null;
  /** A photo of the tag looked for, at random. */
  surprise: null;
  /** Photos to take away: those of the tags looked for, unless others are chosen. */
  takeaway: null;
  /** What lies in the trash. */
  trash: null;
  /** A photo is chosen, or no longer; with `range` everything from the one chosen before it. */
  pick: { readonly photoId: string; readonly range: boolean };
  /** All of these are chosen; or none of them any more, if they all were. */
  "pick-all": readonly string[];
  /** Open a photo, by id. */
  open: string;
  /** A photo's image did not load, by id. */
  stale: string;
  /** Uploads, by their id. */
  retry: string;
  "retry-all": null;
  remove: string;
  show: string;
  clear: null;
  /** A notice was read. */
  dismiss: null;
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
export function define<Element extends HTMLElement>(name: string, type: new () => Element): Element {
  customElements.define(name, type);
  const element = document.querySelector<Element>(name);
  if (element === null) throw new Error(`the page lacks <${name}>`);
  return element;
}

/** Calls `act` whenever somebody does that on the page. */
export function onPage<Name extends keyof PageEvents>(name: Name, act: (detail: PageEvents[Name]) => void): void {
  document.addEventListener(event(name), (happened) => {
    act((happened as CustomEvent<PageEvents[Name]>).detail);
  });
}
