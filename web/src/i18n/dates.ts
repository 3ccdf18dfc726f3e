/**
 * Strings of dates that photos were taken, and of their correction, in the page's language.
 */
import { english } from "./en/dates.ts";
import { formatDate } from "./format.ts";
import { formatLocale, loadStrings } from "./locale.ts";

export const dateStrings = await loadStrings({ en: () => english });

/** Formats the time of a camera's clock, in ms since 1970 on that clock, to the minute, with its offset from UTC if it is known. */
export function formatCaptureTime(clock: number, offset: string | null): string {
  const time = new Date(clock).toLocaleTimeString(formatLocale, { timeStyle: "short", timeZone: "UTC" });
  return [formatDate(clock), time, ...(offset === null ? [] : [formatOffset(offset)])].join(", ");
}

/** Formats an offset like -08:00 as UTC-8. */
export function formatOffset(offset: string): string {
  const [hours, minutes] = [Number(offset.slice(1, 3)), offset.slice(4, 6)];
  if (hours === 0 && minutes === "00") return "UTC";
  return `UTC${offset.slice(0, 1)}${hours}${minutes === "00" ? "" : `:${minutes}`}`;
}
