/**
 * The page's elements, by the names they have in `index.html`; those for putting photos in come later (`uploading.ts`).
 */
import { Drop } from "./drop.ts";
import { define } from "./element.ts";
import { Filters } from "./filters.ts";
import { Gallery } from "./gallery.ts";
import { Grid } from "./grid.ts";
import { Heading } from "./heading.ts";
import { Masthead } from "./masthead.ts";
import { Notice } from "./notice.ts";
import { Search } from "./search.ts";
import { Tags } from "./tags.ts";

/** Defines each element and finds the one that stands in the page. */
export function pageElements() {
  // Parts of the masthead and the gallery, which bring them into the page.
  customElements.define("tintype-search", Search);
  customElements.define("tintype-grid", Grid);
  return {
    masthead: define("tintype-masthead", Masthead),
    notice: define("tintype-notice", Notice),
    heading: define("tintype-heading", Heading),
    filters: define("tintype-filters", Filters),
    tags: define("tintype-tags", Tags),
    gallery: define("tintype-gallery", Gallery),
    drop: define("tintype-drop", Drop),
  };
}
