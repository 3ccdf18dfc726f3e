/**
 * Strings of the scrubber, in the page's language.
 */
import { english } from "./en/scrubber.ts";
import { formatLocale, loadStrings } from "./locale.ts";

export const scrubberStrings = await loadStrings({ en: () => english });

const MONTH = new Intl.DateTimeFormat(formatLocale, { year: "numeric", month: "long", timeZone: "UTC" });

/** Formats a month like 2019-08 as August 2019. */
export function formatMonth(month: string): string {
  return MONTH.format(Date.parse(`${month}-01`));
}
