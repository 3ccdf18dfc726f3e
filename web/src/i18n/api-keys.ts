/**
 * Strings of the API keys, in the page's language.
 */
import { english } from "./en/api-keys.ts";
import { loadStrings } from "./locale.ts";

export const apiKeyStrings = await loadStrings({ en: () => english });
