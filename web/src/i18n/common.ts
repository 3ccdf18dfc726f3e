/**
 * Every word the page says.
 */
import { ModuleLoadError, HttpError, SignedOutError, NetworkError } from "../core/errors.ts";
import type { NetworkStatus } from "../core/network-status.ts";

const list = (names: readonly string[], type: Intl.ListFormatType) => new Intl.ListFormat("en", { type }).format(names);
const photos = (count: number) => (count === 1 ? "1 photo" : `${count} photos`);

export const strings = {
  photos,
  name: "Tintype",
  title: (view: string) => `${view} · Tintype`,

  search: "Search by tag",
  searchMore: "Add a tag, or -tag to leave out",
  suggestions: "Tags that begin so",
  suggested: (count: number) =>
    count === 0 ? "No tag begins so." : `${count === 1 ? "1 tag" : `${count} tags`}. Choose with the arrow keys.`,
  without: "without",
  add: "Add photos",
  addFolder: "Add a folder of photos",
  signIn: "Sign in",
  signOut: "Sign out",
  account: (name: string) => `Account: ${name}`,
  someone: "Signed in",

  keys: "API keys",

  about: "About this library",

  mine: "Mine",
  public: "Public",
  myPhotos: "My photos",
  publicGallery: "Public gallery",
  scopeLabel: "Which photos",
  tags: "Trending tags",
  hot: "Hot",
  hotHint: "What is hot now first, instead of what has most photos",
  tagCount: (tag: string, count: number) => `${tag} ${photos(count)}`,
  allPhotos: "All photos",

  filters: "What is shown",
  removeTag: (tag: string) => `Remove ${tag}`,
  removeWithout: (tag: string) => `Remove “without ${tag}”`,
  removeDates: (dates: string) => `Remove dates: ${dates}`,
  matchLabel: "Photos with",
  // The second part stands only where there is room.
  matchAll: ["All", "of these"],
  matchAny: ["Any", "of these"],
  addWithout: "Without…",
  withoutNeedsTag: "Choose a tag to look for first; then others can be left out of what is found.",
  tooManyTerms: (most: number) => `A search can have at most ${most} tags, and leave out as many.`,
  and: (names: readonly string[]) => list(names, "conjunction"),
  or: (names: readonly string[]) => list(names, "disjunction"),
  withWithout: (found: string, without: string) => `${found}, without ${without}`,

  dates: "Dates",
  datesFrom: "From",
  datesTo: "To",
  showDates: "Show",
  datesHint: "Days are those the photos were taken on; where that is not known, those they came in.",
  datesOrTags: "Dates belong to the timeline. A search by tags has none, so showing dates leaves the tags behind.",
  datesLeft: "The dates are off: they belong to the timeline, and a search by tags has none.",
  since: (day: string) => `Since ${day}`,
  until: (day: string) => `Until ${day}`,

  needAttention: "Needs attention",
  attention: (count: string) => (count === "1" ? "1 needs attention" : `${count} need attention`),
  attentionTitle: "See which files could not be used, and why",
  attentionHint: "These files are safe, but the library could not make photos of them.",
  emptyAttention: "Nothing needs attention",
  emptyAttentionHint: "Files that the library cannot use appear here, with the reason.",
  saveFile: "Download file",
  saveFileNamed: (name: string) => `Download file ${name}`,
  added: (day: string) => `Added ${day}`,

  takeAway: "Take away",
  trash: "Trash",
  trashHint: "Photos stay here for 30 days. Then they are deleted for ever, by themselves.",
  emptyTrash: "The trash is empty",
  emptyTrashHint: "Photos that you put here stay for 30 days, and can be restored until then.",

  selectPhoto: (description: string) => `Select ${description}`,
  selectDay: (day: string) => `Select all of ${day}`,

  addTag: "Add",
  openPhoto: (description: string) => `Open ${description}`,
  isPublic: "Public",
  isPrivate: "Private",
  beingProcessed: "Processing…",
  loading: "Loading photos",
  more: "Load more",
  loadingMore: "Loading…",
  again: "Try again",
  moreFailed: "The next photos did not come.",

  emptyMine: "Your library starts here",
  emptyMineHint: "Choose some photos, or drop them anywhere on this page. They stay private until you say otherwise.",
  emptyPublic: "Nothing is public yet",
  emptyPublicSignedIn: "Photos that you make public appear here, for everyone.",
  emptyPublicSignedOut: "Sign in to see your own photos and to add new ones.",
  emptyTag: (tag: string) => `No photos tagged “${tag}”`,
  emptyTagHint: "Try another word, or go back to all photos.",
  emptySearch: "No photos fit all of this",
  emptySearchHint: "Remove a tag above, or look for any of them.",
  emptyDates: "No photos of these days",
  emptyDatesHint: "Try other dates, or go back to all photos.",
  demoHint: "This library runs on this computer. The sign-in to try it with stands in the terminal that started it.",
  lapsed: "You have been signed out. Sign in again to go on.",
  signInFailed: "Signing in did not work out. Please try once more.",
  unreachable: "The library could not be reached. Check your connection, then try again.",
  comesBack: "This cannot be shown while you are offline. It comes by itself when you are back.",
  offline: "You are offline. Photos on the screen stay; uploads go on when you are back.",
  dismiss: "Dismiss",

  tooManyTags: (most: number) => `At most ${most} tags, please.`,
  tagTooLong: (most: number) => `A tag can have at most ${most} characters.`,
  cancel: "Cancel",
  choose: "Choose photos",
  drop: "Drop to add to your library",
  progressOf: (name: string) => `Progress of ${name}`,
  rejected: "This file could not be used.",

  surprise: "Surprise me",
  surpriseHint: "One of these photos, at random",
  onlyOne: "It is the only one it could be.",
  chance: (percent: string, draws: string) => `A chance of ${percent}: about one draw in ${draws}.`,

} as const;

/** What a failure means for the person, and what to do next. */
export function explain(problem: unknown): string {
  if (problem instanceof SignedOutError) return strings.lapsed;
  if (problem instanceof NetworkError) return strings.unreachable;
  if (problem instanceof ModuleLoadError) return "This part of the page did not load. Check your connection, then reload the page.";
  if (problem instanceof HttpError) {
    if (problem.status === 429) return "The library is busy. Try again in a moment.";
    if (problem.status < 500 && problem.message !== "") return problem.message;
  }
  return "Something went wrong in the library. Try again in a moment.";
}

/** The same where it is asked for again by itself as soon as there is a line. */
export function explainLoadError(problem: unknown, { online }: Pick<NetworkStatus, "online">): string {
  return problem instanceof NetworkError && !online ? strings.comesBack : explain(problem);
}

const DAY: Intl.DateTimeFormatOptions = { year: "numeric", month: "long", day: "numeric" };

/** A moment as a date in the reader's own manner; times of cameras are wall clock times, so no zone is applied. */
export function formatDate(moment: number): string {
  return new Date(moment).toLocaleDateString(undefined, { ...DAY, timeZone: "UTC" });
}

const WITH_WEEKDAY = new Intl.DateTimeFormat(undefined, { weekday: "long", ...DAY, timeZone: "UTC" });
const WITHOUT_WEEKDAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeZone: "UTC" });
const WITHOUT_YEAR = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone: "UTC" });

/** A day, counted from 1970, in the reader's own manner; in short, a day of this year is told without it. */
export function formatDay(day: number, length: "long" | "short", now = new Date()): string {
  const date = new Date(day * 86_400_000);
  if (length === "long") return WITH_WEEKDAY.format(date);
  return (date.getUTCFullYear() === now.getFullYear() ? WITHOUT_YEAR : WITHOUT_WEEKDAY).format(date);
}

/** A moment to the minute, in UTC unless it is to be told in the reader's own zone. */
export function formatDateTime(moment: number, zone: "wall" | "local"): string {
  const time: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short" };
  return new Date(moment).toLocaleString(undefined, zone === "wall" ? { ...time, timeZone: "UTC" } : time);
}

/** Some days in words: from the first to the last, or open at one end. */
export function formatDateRange(from: string | null, to: string | null): string {
  const day = WITHOUT_WEEKDAY;
  if (from !== null && to !== null) return day.formatRange(Date.parse(from), Date.parse(to));
  if (from !== null) return strings.since(day.format(Date.parse(from)));
  return to === null ? strings.allPhotos : strings.until(day.format(Date.parse(to)));
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** So many bytes, in the unit that keeps the number short. */
export function formatBytes(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const unit: Intl.NumberFormatOptions = {
    style: "unit", unit: UNITS[step] ?? "byte", unitDisplay: step === 0 ? "long" : "short", maximumFractionDigits: step < 2 ? 0 : 1,
  };
  return (bytes / 1000 ** step).toLocaleString("en", unit);
}

/** How likely a draw was. */
export function formatOdds(probability: number): string {
  if (probability >= 1) return strings.onlyOne;
  const percent = (100 * probability).toLocaleString("en", { maximumSignificantDigits: 2 });
  const draws = (1 / probability).toLocaleString("en", { maximumSignificantDigits: probability > 0.1 ? 2 : 3 });
  return strings.chance(`${percent} %`, draws);
}

/** A tag as it is shown: each word with a capital, as the library itself writes its tag names. */
export function formatTag(tag: string): string {
  return tag.replace(/(^| )(\p{L})/gu, (_, space: string, letter: string) => space + letter.toUpperCase());
}
