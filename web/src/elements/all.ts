/**
 * The page's elements, by the names they have in `index.html`.
 */
import { Composer } from "./composer.ts";
import { Drop } from "./drop.ts";
import { Filters } from "./filters.ts";
import { Gallery } from "./gallery.ts";
import { Grid } from "./grid.ts";
import { Heading } from "./heading.ts";
import { Masthead } from "./masthead.ts";
import { Notice } from "./notice.ts";
import { Search } from "./search.ts";
import { Tags } from "./tags.ts";
import { Uploads } from "./uploads.ts";

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
    uploads: define("tintype-uploads", Uploads),
    composer: define("tintype-composer", Composer),
    drop: define("tintype-drop", Drop),
  };
}

function define<Element extends HTMLElement>(name: string, type: new () => Element): Element {
  customElements.define(name, type);
  const element = document.querySelector<Element>(name);
  if (element === null) throw new Error(`the page lacks <${name}>`);
  return element;
}
