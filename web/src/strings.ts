/**
 * Every word the page says.
 */
import { Refused, SignedOut, Unreachable } from "./problems.ts";

const photos = (count: number) => (count === 1 ? "1 photo" : `${count} photos`);

export const strings = {
  name: "Tintype",
  title: (view: string) => `${view} · Tintype`,

  search: "Search by tag",
  clearSearch: "Clear search",
  add: "Add photos",
  signIn: "Sign in",
  signOut: "Sign out",
  account: (name: string) => `Account: ${name}`,
  someone: "Signed in",

  mine: "Mine",
  public: "Public",
  myPhotos: "My photos",
  publicGallery: "Public gallery",
  scopeLabel: "Which photos",
  tags: "Trending tags",
  hot: "Hot",
  hotHint: "What is hot now first, instead of what has most photos",
  tagCount: (tag: string, count: number) => `${tag}, ${photos(count)}`,
  allPhotos: "All photos",

  openPhoto: (description: string) => `Open ${description}`,
  isPublic: "Public",
  loading: "Loading photos",
  more: "Load more",
  loadingMore: "Loading…",
  again: "Try again",
  moreFailed: "The next photos did not come.",

  emptyMine: "Your library starts here",
  emptyMineHint: "Drop photos anywhere on this page, or choose some. They stay private until you say otherwise.",
  emptyPublic: "Nothing is public yet",
  emptyPublicSignedIn: "Photos that you make public appear here, for everyone.",
  emptyPublicSignedOut: "Sign in to see your own photos and to add new ones.",
  emptyTag: (tag: string) => `No photos tagged “${tag}”`,
  emptyTagHint: "Try another word, or go back to all photos.",
  demoHint: "This library runs on this computer. The sign-in to try it with stands in the terminal that started it.",
  lapsed: "You have been signed out. Sign in again to go on.",
  signInFailed: "Signing in did not work out. Please try once more.",
  offline: "You are offline. Photos on the screen stay; uploads go on when you are back.",
  dismiss: "Dismiss",

  composerTitle: (count: number) => `Add ${photos(count)}`,
  andMore: (count: number) => `+${count}`,
  whoSees: "Who can see them",
  private: "Private",
  privateHint: "Only you",
  publicHint: "Everyone with this page",
  tagsField: "Tags",
  tagsHint: "Optional, with commas between: beach, family",
  tooManyTags: (most: number) => `At most ${most} tags, please.`,
  tagTooLong: (most: number) => `A tag can have at most ${most} characters.`,
  leftOut: (count: number) => `${count === 1 ? "1 file is" : `${count} files are`} left out: not a photo.`,
  nothingUsable: "None of these files is a photo.",
  cancel: "Cancel",
  choose: "Choose photos",
  signInFirst: "Sign in to add photos",
  signInFirstHint: "Your photos go into your own library. Sign in, then choose them again.",
  drop: "Drop to add to your library",

  uploads: "Uploads",
  uploading: (done: number, total: number) => `Adding ${Math.min(done + 1, total)} of ${total}`,
  processingAll: (count: number) => `Processing ${photos(count)}`,
  done: (ok: number, total: number) => (ok === total ? `${photos(ok)} in your library` : `${ok} of ${total} in your library`),
  attention: (count: number) => (count === 1 ? "1 needs your attention" : `${count} need your attention`),
  show: "Show",
  collapse: "Show less",
  expand: "Show the list",
  closeUploads: "Close uploads",
  clear: "Clear finished",
  retry: "Retry",
  retryNamed: (name: string) => `Retry ${name}`,
  removeNamed: (name: string) => `Remove ${name}`,
  showNamed: (name: string) => `Show ${name}`,
  progressOf: (name: string) => `Progress of ${name}`,
  progressAll: "Progress of all uploads",
  waiting: "Waiting",
  signing: "Preparing",
  sending: (share: number) => `Uploading ${Math.floor(share * 100)} %`,
  processing: "Processing…",
  ready: "In your library",
  duplicate: "Already in your library",
  rejected: "This file could not be used.",
  vanished: "The library no longer has it. Please add it again.",
  failedToSend: "The upload did not get through.",
  tooLarge: (megabytes: number) => `Larger than ${megabytes} MB, which is the most a photo may have.`,

  closeViewer: "Close",
  previousPhoto: "Previous photo",
  nextPhoto: "Next photo",
  zoom: "Zoom",
  viewer: "Photo viewer",
  imageFailed: "This picture did not load.",
  searchTag: (tag: string) => `Photos tagged ${tag}`,
} as const;

/** What happened to uploads, in a sentence for each kind. */
export const told = {
  started: (count: number) => `Adding ${photos(count)}.`,
  ready: (count: number) => `${photos(count)} ${count === 1 ? "is" : "are"} in your library.`,
  duplicate: (count: number) => `${photos(count)} ${count === 1 ? "was" : "were"} already in your library.`,
  rejected: (name: string, reason: string) => `${name} could not be used: ${reason}`,
  failed: (name: string) => `${name} did not get through. You can retry it.`,
  andMore: (count: number) => `${count} more need your attention.`,
} as const;

/** What a failure means for the person, and what to do next. */
export function explain(problem: unknown): string {
  if (problem instanceof SignedOut) return strings.lapsed;
  if (problem instanceof Unreachable) return "The library could not be reached. Check your connection, then try again.";
  if (problem instanceof Refused) {
    if (problem.status === 429) return "The library is busy. Try again in a moment.";
    if (problem.status < 500 && problem.message !== "") return problem.message;
  }
  return "Something went wrong in the library. Try again in a moment.";
}

const DAY: Intl.DateTimeFormatOptions = { year: "numeric", month: "long", day: "numeric" };

/** A moment as a date in the reader's own manner; times of cameras are wall clock times, so no zone is applied. */
export function dateInWords(moment: number): string {
  return new Date(moment).toLocaleDateString(undefined, { ...DAY, timeZone: "UTC" });
}

/** A tag as it is shown: each word with a capital, as the library itself writes its tag names. */
export function tagInWords(tag: string): string {
  return tag.replace(/(^| )(\p{L})/gu, (_, space: string, letter: string) => space + letter.toUpperCase());
}
