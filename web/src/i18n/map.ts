/**
 * Strings of the map, in the page's language.
 */
import { english } from "./en/map.ts";
import { loadStrings } from "./locale.ts";

export const mapStrings = await loadStrings({ en: () => english });
