/**
 * Strings of the near-duplicates, in the page's language.
 */
import { english } from "./en/near-duplicates.ts";
import { loadStrings } from "./locale.ts";

export const nearDuplicateStrings = await loadStrings({ en: () => english });
