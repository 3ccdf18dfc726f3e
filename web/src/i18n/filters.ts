/**
 * Strings of the dialog of filters and of the facets, in the page's language.
 */
import { english } from "./en/filters.ts";
import { loadStrings } from "./locale.ts";

export const filterStrings = await loadStrings({ en: () => english });
