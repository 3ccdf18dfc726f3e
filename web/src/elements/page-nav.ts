/**
 * The links to the views of a library: all photos, "On this day", "Recently added", and the pages Albums, Explore and Map.
 */
import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { addressOf, addressQuery, type PageAddress } from "../state/page-address.ts";
import { allPhotos, isSameView, onThisDay, recentlyAdded } from "../state/view.ts";
import { PageElement } from "./page-element.ts";

export class PageNav extends PageElement {
  static override properties = { address: { attribute: false }, signedIn: { attribute: false } };
  /** Null until the session is known. */
  declare address: PageAddress | null;
  declare signedIn: boolean;
  /** The URL of the link that was scrolled into view. */
  #scrolledTo: string | null = null;

  constructor() {
    super();
    this.address = null;
    this.signedIn = false;
  }

  protected override render(): TemplateResult {
    const { address } = this;
    if (address === null) return html`<nav class="page-nav" aria-hidden="true"></nav>`;
    const { scope } = address.view;
    const all = addressOf(allPhotos(scope));
    return html`<nav class="page-nav" aria-label=${strings.views}>
      ${this.#link(strings.allViews, all)}
      ${
        scope === "mine"
          ? html`${this.#link(strings.albums, { ...all, page: "albums" })} ${this.#link(strings.onThisDay, addressOf(onThisDay(new Date())))} ${this.#link(strings.recentlyAdded, addressOf(recentlyAdded()))}`
          : nothing
      }
      ${this.#link(strings.explore, { ...all, page: "explore" })}
      ${scope === "mine" ? this.#link(strings.map, { ...all, page: "map" }) : nothing}
    </nav>`;
  }

  /** Scrolls the links, on a small screen, to the current one; the page itself stays where it is. */
  protected override updated(): void {
    const [nav, link] = [this.querySelector("nav"), this.querySelector("[aria-current]")];
    const url = link?.getAttribute("href") ?? null;
    if (nav === null || link === null || url === this.#scrolledTo) return;
    this.#scrolledTo = url;
    const [around, at] = [nav.getBoundingClientRect(), link.getBoundingClientRect()];
    nav.scrollLeft += at.left + at.width / 2 - around.left - around.width / 2;
  }

  #link(name: string, to: PageAddress): TemplateResult {
    const { address } = this;
    const isCurrent =
      to.page === "albums"
        ? address?.page === "shared" || address?.page === "albums" || address?.view.album !== null
        : address?.page === to.page && (to.page !== "photos" || isSameView(address.view, to.view));
    const clicked = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (to.page === "photos") this.emit("search", to.view);
      else this.emit("open-page", to.page);
    };
    return html`<a href=${addressQuery(to, this.signedIn) || "./"} aria-current=${isCurrent ? "page" : nothing} @click=${clicked}>${name}</a>`;
  }
}
