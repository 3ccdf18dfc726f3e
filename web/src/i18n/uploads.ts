/**
 * Strings of the uploads, in the page's language.
 */
import { english } from "./en/uploads.ts";
import { loadStrings } from "./locale.ts";

export const uploadStrings = await loadStrings({ en: () => english });
