/**
 * Strings of the page that explores a library, in the page's language.
 */
import { english } from "./en/explore.ts";
import { loadStrings } from "./locale.ts";

export const exploreStrings = await loadStrings({ en: () => english });
