/**
 * Strings of the statistics and the keyboard shortcuts, in the page's language.
 */
import { english } from "./en/about.ts";
import { loadStrings } from "./locale.ts";

export const { about: aboutStrings, shortcuts: shortcutStrings } = await loadStrings({ en: () => english });
