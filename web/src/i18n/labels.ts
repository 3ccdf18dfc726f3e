/**
 * Strings of updating labels, in the page's language.
 */
import { english } from "./en/labels.ts";
import { loadStrings } from "./locale.ts";

export const labelStrings = await loadStrings({ en: () => english });
