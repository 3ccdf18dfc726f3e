/**
 * Numbers, plurals, lists and dates in the page's language.
 */
import { formatLocale, locale } from "./locale.ts";
import { knownSpelling } from "./spellings.ts";

type PluralForms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

const PLURAL_RULES = new Intl.PluralRules(locale);
const NUMBER = new Intl.NumberFormat(formatLocale);

export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return (options === undefined ? NUMBER : new Intl.NumberFormat(formatLocale, options)).format(value);
}

/** Formats a share from 0 to 1 as a percentage. */
export function formatPercent(share: number, options?: Intl.NumberFormatOptions): string {
  return formatNumber(share, { style: "percent", ...options });
}

/** Picks the plural form for a count, with `#` replaced by the count. */
export function plural(count: number, forms: PluralForms): string {
  return (forms[PLURAL_RULES.select(count)] ?? forms.other).replace("#", formatNumber(count));
}

export function formatList(names: readonly string[], type: Intl.ListFormatType): string {
  return new Intl.ListFormat(formatLocale, { type }).format(names);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** Formats a size in bytes, in the unit that keeps the number short. */
export function formatBytes(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  return formatNumber(bytes / 1000 ** step, {
    style: "unit",
    unit: UNITS[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step < 2 ? 0 : 1,
  });
}

const LONG_DATE: Intl.DateTimeFormatOptions = { year: "numeric", month: "long", day: "numeric" };

/** Formats the date of a Unix time in ms, in UTC: the time of a camera's clock counts as UTC. */
export function formatDate(time: number): string {
  return new Date(time).toLocaleDateString(formatLocale, { ...LONG_DATE, timeZone: "UTC" });
}

const DAY_WITH_WEEKDAY = new Intl.DateTimeFormat(formatLocale, { weekday: "long", ...LONG_DATE, timeZone: "UTC" });
const MEDIUM_DAY = new Intl.DateTimeFormat(formatLocale, { dateStyle: "medium", timeZone: "UTC" });
const DAY_OF_YEAR = new Intl.DateTimeFormat(formatLocale, { month: "long", day: "numeric", timeZone: "UTC" });
const DAY_WITHOUT_YEAR = new Intl.DateTimeFormat(formatLocale, { month: "short", day: "numeric", timeZone: "UTC" });

/** Formats a day, counted from 1970; the short form omits the current year. */
export function formatDay(day: number, length: "long" | "short", now = new Date()): string {
  const date = new Date(day * 86_400_000);
  if (length === "long") return DAY_WITH_WEEKDAY.format(date);
  return (date.getUTCFullYear() === now.getFullYear() ? DAY_WITHOUT_YEAR : MEDIUM_DAY).format(date);
}

/** Formats an ISO date like 2026-11-20. */
export function formatIsoDate(date: string): string {
  return MEDIUM_DAY.format(Date.parse(date));
}

/** Formats a day of any year, given as MM-DD. */
export function formatMonthDay(day: string): string {
  return DAY_OF_YEAR.format(Date.parse(`2000-${day}`));
}

/** Formats the days between two ISO dates, both included. */
export function formatIsoDateRange(from: string, to: string): string {
  return MEDIUM_DAY.formatRange(Date.parse(from), Date.parse(to));
}

/** Formats a Unix time in ms to the minute, in the browser's time zone. */
export function formatDateTime(time: number): string {
  return new Date(time).toLocaleString(formatLocale, { dateStyle: "medium", timeStyle: "short" });
}

/** Formats the hour and minute of a Unix time in ms, in the browser's time zone. */
export function formatTime(time: number): string {
  return new Date(time).toLocaleTimeString(formatLocale, { timeStyle: "short" });
}

/** Formats a month like 2026-11, or a year. */
export function formatPeriod(period: string): string {
  if (period.length === 4) return period;
  return new Date(`${period}-01`).toLocaleDateString(formatLocale, { year: "numeric", month: "short", timeZone: "UTC" });
}

/** Capitalizes each word of a tag, and writes known abbreviations as usual, as the API does in tag names. */
export function formatTag(tag: string): string {
  return tag
    .split(" ")
    .map((word) => knownSpelling(word) ?? word.replace(/^\p{L}/u, (letter) => letter.toUpperCase()))
    .join(" ");
}
