/**
 * The page that explores a library: covers of favorites, tags, places and cameras, which open their photos. Loaded when it is
 * opened.
 */
import type { Observable } from "../core/observable.ts";
import "../styles/explore-page.css";

import { html, nothing, type TemplateResult } from "lit";

import { browserNetwork } from "../core/network-status.ts";
import { explainLoadError, strings } from "../i18n/common.ts";
import { exploreStrings } from "../i18n/explore.ts";
import { Explore, type ExploreApi, type Favorites } from "../state/explore.ts";
import { addressOf, addressQuery } from "../state/page-address.ts";
import type { Trend } from "../state/trends.ts";
import { allPhotos, type Scope, type View } from "../state/view.ts";
import { hideBrokenImage } from "./broken-image.ts";
import { emptyIllustration } from "./empty-state.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { defineOnce, PageElement } from "./page-element.ts";

export function createExplorePage(api: ExploreApi, scope: Scope, signedIn: boolean): ExplorePage {
  defineOnce("tintype-explore-page", ExplorePage);
  return new ExplorePage(new Explore(api, scope), signedIn);
}

export class ExplorePage extends PageElement {
  readonly #explore: Explore;
  readonly #signedIn: boolean;

  constructor(explore: Explore, signedIn: boolean) {
    super();
    this.#explore = explore;
    this.#signedIn = signedIn;
  }

  protected override get watched(): readonly Observable[] {
    return [this.#explore];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("online", this.#load);
    this.#load();
  }

  override disconnectedCallback(): void {
    removeEventListener("online", this.#load);
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    return html`<div class="heading"><h1 tabindex="-1">${exploreStrings.title}</h1></div>
      ${this.#content()}`;
  }

  #content(): TemplateResult {
    const { sections, error, isEmpty, scope } = this.#explore;
    if (sections === null) {
      return error === null
        ? html`<p class="visually-hidden" role="status">${exploreStrings.loading}</p>`
        : html`<div class="empty" role="alert">
            ${emptyIllustration}
            <p>${explainLoadError(error, browserNetwork)}</p>
            <button class="button primary" type="button" @click=${this.#load}>${icons.retry}${strings.tryAgain}</button>
          </div>`;
    }
    if (isEmpty) {
      return html`<div class="empty">
        ${emptyIllustration}
        <h2>${exploreStrings.empty}</h2>
        <p>${exploreStrings.emptyHint}</p>
      </div>`;
    }
    const all = allPhotos(scope);
    const tagged = (name: string) => ({ ...all, tags: [name.toLowerCase()] });
    return html`
      ${sections.favorites === null ? nothing : this.#favorites(sections.favorites)}
      ${this.#section(scope === "mine" ? exploreStrings.own : exploreStrings.ownPublic, sections.own, tagged)}
      ${this.#section(exploreStrings.places, sections.places, (place) => ({ ...all, place }))}
      ${this.#section(exploreStrings.found, sections.found, tagged)}
      ${this.#section(exploreStrings.cameras, sections.cameras, (camera) => ({ ...all, camera }))}
    `;
  }

  #favorites({ count, exact, cover }: Favorites): TemplateResult {
    const photos = exact ? strings.photos(count) : exploreStrings.atLeast(strings.photos(count));
    return html`<section class="explore-section" aria-label=${exploreStrings.favorites}>
      <ul class="explore-covers" role="list">
        <li>${this.#cover(exploreStrings.favorites, photos, cover, { ...allPhotos("mine"), favorite: true }, icons.heart)}</li>
      </ul>
    </section>`;
  }

  #section(title: string, trends: readonly Trend[], viewOf: (name: string) => View): TemplateResult | typeof nothing {
    if (trends.length === 0) return nothing;
    return html`<section class="explore-section" aria-label=${title}>
      <h2>${title}</h2>
      <ul class="explore-covers" role="list">
        ${keyedList(
          trends,
          ({ tag_name: name }) => name,
          ({ tag_name: name, count, cover_image: cover }) =>
            html`<li>${this.#cover(name, strings.photos(count), cover, viewOf(name), icons.picture)}</li>`,
        )}
      </ul>
    </section>`;
  }

  #cover(name: string, photos: string, cover: string | null, view: View, icon: TemplateResult): TemplateResult {
    const clicked = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.emit("search", view);
    };
    return html`<a class="explore-cover" href=${addressQuery(addressOf(view), this.#signedIn)} @click=${clicked}>
      <span class="explore-image">
        ${icon}${cover === null ? nothing : html`<img src=${cover} alt="" loading="lazy" decoding="async" @error=${hideBrokenImage} />`}
      </span>
      <span class="explore-name">${name}</span>
      <span class="muted">${photos}</span>
    </a>`;
  }

  #load = (): void => {
    void this.#explore.load();
  };
}
