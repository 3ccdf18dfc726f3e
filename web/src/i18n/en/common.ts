/**
 * English: strings of the page itself.
 */
import { formatList, plural } from "../format.ts";

const photos = (count: number) => plural(count, { one: "# photo", other: "# photos" });

export const english = {
  photos,
  name: "Tintype",
  pageTitle: (view: string) => `${view} · Tintype`,

  search: "Search by tag",
  searchMore: "Add a tag, or -tag to exclude",
  suggestions: "Matching tags",
  suggestionCount: (count: number) =>
    count === 0
      ? "No matching tags."
      : `${plural(count, { one: "# matching tag", other: "# matching tags" })}. Use the arrow keys to choose.`,
  without: "without",
  addPhotos: "Add photos",
  addFolder: "Add folder",
  signIn: "Sign in",
  signOut: "Sign out",
  account: (name: string) => `Account: ${name}`,
  unnamedAccount: "Signed in",

  apiKeys: "API keys",
  updateLabels: "Update labels",
  about: "About this library",
  downloadPhotos: "Download photos",
  download: "Download",

  mine: "Mine",
  public: "Public",
  private: "Private",
  myPhotos: "My photos",
  publicGallery: "Public gallery",
  scopeLabel: "Photos to show",
  trendingTags: "Trending tags",
  hot: "Hot",
  hotHint: "Show the hottest tags first, instead of the most used",
  tagCount: (tag: string, count: number) => `${tag}, ${photos(count)}`,
  allPhotos: "All photos",

  filters: "Filters",
  removeTag: (tag: string) => `Remove ${tag}`,
  removeExcludedTag: (tag: string) => `Remove “without ${tag}”`,
  removeDates: (dates: string) => `Remove dates: ${dates}`,
  matchLabel: "Match",
  // The second part appears on wide screens only.
  matchAll: ["All", "tags"],
  matchAny: ["Any", "tag"],
  excludeTag: "Exclude…",
  excludeNeedsTag: "Search for a tag first, then exclude others.",
  tooManyTerms: (max: number) => `A search can include up to ${max} tags and exclude up to ${max}.`,
  and: (names: readonly string[]) => formatList(names, "conjunction"),
  or: (names: readonly string[]) => formatList(names, "disjunction"),
  titleWithout: (title: string, excluded: string) => `${title}, without ${excluded}`,

  dates: "Dates",
  datesFrom: "From",
  datesTo: "To",
  applyDates: "Apply",
  datesHint: "Uses date taken, or date added if unknown",
  datesClearTags: "Dates and tags can't be combined. Applying dates clears the tags.",
  datesCleared: "Dates and tags can't be combined, so the dates were cleared.",
  since: (day: string) => `Since ${day}`,
  until: (day: string) => `Until ${day}`,

  needsAttention: "Needs attention",
  rejectedCount: (count: number, more: boolean) =>
    more ? `${count}+ need attention` : plural(count, { one: "# needs attention", other: "# need attention" }),
  showRejected: "See which files couldn't be processed, and why",
  rejectedHint: "These files are stored safely, but they couldn't be processed as photos.",
  noRejected: "Nothing needs attention",
  noRejectedHint: "Files that can't be processed appear here, with the reason.",
  downloadFile: "Download file",
  downloadFileNamed: (name: string) => `Download file ${name}`,
  added: (day: string) => `Added ${day}`,

  nearDuplicates: "Similar photos",
  trash: "Trash",
  trashHint: "Photos stay here for 30 days. Then they're deleted permanently.",
  emptyTrash: "Trash is empty",
  emptyTrashHint: "Photos you delete appear here. You can restore them for 30 days.",

  selectPhoto: (description: string) => `Select ${description}`,
  selectDay: (day: string) => `Select all photos from ${day}`,

  addTag: "Add",
  processing: "Processing…",
  loadingPhotos: "Loading photos…",
  loadMore: "Load more",
  loading: "Loading…",
  tryAgain: "Try again",
  loadMoreFailed: "Couldn't load more photos.",

  emptyLibrary: "No photos yet",
  emptyLibraryHint: "Choose some photos, or drop them anywhere on this page. They stay private until you make them public.",
  emptyGallery: "No public photos yet",
  emptyGallerySignedIn: "Photos you make public appear here for everyone.",
  emptyGallerySignedOut: "Sign in to see your photos and add new ones.",
  emptyTag: (tag: string) => `No photos tagged “${tag}”`,
  emptyTagHint: "Try another tag, or go back to all photos.",
  emptySearch: { all: "No photos match all of these", any: "No photos match any of these" },
  emptySearchHint: { all: "Remove a tag above, or match any tag instead.", any: "Try other tags, or go back to all photos." },
  emptyDates: "No photos from these dates",
  emptyDatesHint: "Try other dates, or go back to all photos.",
  demoHint: "This library runs on this computer. The terminal that started it shows the demo sign-in.",
  signedOut: "You've been signed out. Sign in again to continue.",
  signInFailed: "Sign-in failed. Please try again.",
  unreachable: "Couldn't reach the library. Check your connection and try again.",
  unavailableOffline: "This isn't available offline. It will load when you're back online.",
  offline: "You're offline. You can still see photos that have loaded. Uploads will resume when you're back online.",
  notLoaded: "Part of the page failed to load. Check your connection and reload the page.",
  busy: "The library is busy. Try again in a moment.",
  storageFull: "The disk of this library is full. Free some space, then try again.",
  unknownError: "Something went wrong. Try again in a moment.",
  dismiss: "Dismiss",

  tooManyTags: (max: number) => `You can add up to ${max} tags.`,
  tagTooLong: (max: number) => `Tags can be up to ${max} characters long.`,
  cancel: "Cancel",
  choosePhotos: "Choose photos",
  dropPhotos: "Drop photos to add them to your library",
  progressOf: (name: string) => `Progress of ${name}`,
  rejected: "This file couldn't be processed.",

  surpriseMe: "Surprise me",
  surpriseMeHint: "Show a random photo with this tag",
  onlyPhoto: "This is the only photo with this tag.",
  odds: (percent: string, draws: string) => `${percent} chance (about 1 in ${draws})`,
} as const;
