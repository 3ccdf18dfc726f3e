/**
 * Strings of the photo viewer, in the page's language.
 */
import { english } from "./en/viewer.ts";
import { loadStrings } from "./locale.ts";

export const viewerStrings = await loadStrings({ en: () => english });
