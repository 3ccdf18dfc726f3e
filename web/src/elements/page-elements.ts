/**
 * The elements in `index.html`; those for uploads are loaded later, by `controllers/uploads.ts`.
 */
import { locale } from "../i18n/locale.ts";
import { AppHeader } from "./app-header.ts";
import { DropOverlay } from "./drop-overlay.ts";
import { FilterBar } from "./filter-bar.ts";
import { PageBanner } from "./page-banner.ts";
import { defineElement } from "./page-element.ts";
import { PageNav } from "./page-nav.ts";
import { PhotoGallery } from "./photo-gallery.ts";
import { PhotoGrid } from "./photo-grid.ts";
import { SearchField } from "./search-field.ts";
import { TagList } from "./tag-list.ts";
import { ViewHeading } from "./view-heading.ts";

/** Defines the elements and returns those in the page. */
export function definePageElements() {
  document.documentElement.lang = locale;
  // The header and the gallery render these.
  customElements.define("tintype-search-field", SearchField);
  customElements.define("tintype-photo-grid", PhotoGrid);
  const main = document.querySelector("main");
  if (main === null) throw new Error("the page lacks <main>");
  return {
    main,
    header: defineElement("tintype-app-header", AppHeader),
    banner: defineElement("tintype-page-banner", PageBanner),
    nav: defineElement("tintype-page-nav", PageNav),
    heading: defineElement("tintype-view-heading", ViewHeading),
    filterBar: defineElement("tintype-filter-bar", FilterBar),
    tagList: defineElement("tintype-tag-list", TagList),
    gallery: defineElement("tintype-photo-gallery", PhotoGallery),
    dropOverlay: defineElement("tintype-drop-overlay", DropOverlay),
  };
}
