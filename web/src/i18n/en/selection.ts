/**
 * English: actions on selected photos, and their outcome.
 */
import { formatNumber, plural } from "../format.ts";
import { english as common } from "./common.ts";

const { photos, and } = common;
const album = (title: string | null) => (title === null ? "the album" : `“${title}”`);

export const english = {
  selection: "Selected photos",
  selected: (count: number) => `${formatNumber(count)} selected`,
  clear: "Clear selection",
  selectAll: "Select all",
  selecting: (done: number, total: number | null) =>
    total === null ? `Selecting… ${formatNumber(done)} so far` : `Selecting ${formatNumber(done)} of ${formatNumber(total)}`,
  /** Not all photos of the view could be read. */
  partlySelected: (count: number) => `Selected ${photos(count)}, but not all.`,
  stop: "Stop",
  tooManyToShare: (limit: number) => `A link can share up to ${photos(limit)}. Add them to an album and share that.`,
  publish: "Make public",
  hide: "Make private",
  favorite: "Favorite",
  unfavorite: "Unfavorite",
  rate: "Rate…",
  ratingPrompt: "Rating of the selected photos",
  rating: (rating: number) => (rating === 0 ? "No rating" : plural(rating, { one: "# star", other: "# stars" })),
  noRating: "No rating",
  editPlace: "Edit place…",
  placePrompt: "Place of the selected photos",
  placePlaceholder: "City, country, or 41.15, -8.61",
  setPlace: "Set place",
  resetPlace: "Reset to what the file says",
  addTags: "Add tags…",
  editDate: "Edit date…",
  removeTags: "Remove tags…",
  removeTagsPrompt: "Tags to remove from the selected photos",
  removeChosenTags: "Remove",
  filterTags: "Search tags",
  noTags: "The selected photos have no tags.",
  tagsPlaceholder: "Add tags: beach, family",
  addToAlbum: "Add to album…",
  removeFromAlbum: "Remove from album",
  setCover: "Set as cover",
  approve: "Approve",
  decline: "Decline",
  trash: "Trash",
  restore: "Restore",
  deletePermanently: "Delete permanently",
  deletePrompt: (count: number) =>
    plural(count, {
      one: "Delete this photo and its original permanently? This can't be undone.",
      other: "Delete these # photos and their originals permanently? This can't be undone.",
    }),
  counting: (count: number) => `Counting photos… ${formatNumber(count)}`,
  emptyTrashPrompt: (count: number) =>
    plural(count, {
      one: "Delete the photo in the trash and its original permanently? This can't be undone.",
      other: "Delete all # photos in the trash and their originals permanently? This can't be undone.",
    }),
  deleting: (done: number, total: number | null) =>
    total === null ? "Deleting…" : `Deleting ${formatNumber(done)} of ${formatNumber(total)}`,
  lastAction: "Last action",
  undo: "Undo",
  undone: "Undone.",
  undoFailed: (count: number) => `Couldn't undo this for ${photos(count)}.`,
  moreFailures: (count: number) => `and ${formatNumber(count)} more`,
  progress: (done: number, total: number | null) =>
    total === null
      ? `Processing… ${formatNumber(done)} done`
      : total === 1
        ? "Processing…"
        : `Processing ${formatNumber(done)} of ${formatNumber(total)}`,
  failed: (count: number) => plural(count, { one: "# photo couldn't be changed.", other: "# photos couldn't be changed." }),
  notDeleted: (count: number) => plural(count, { one: "# photo couldn't be deleted.", other: "# photos couldn't be deleted." }),
  maybeUnchanged: (count: number) =>
    plural(count, { one: "# photo may not have been changed.", other: "# photos may not have been changed." }),
  maybeNotDeleted: (count: number) =>
    plural(count, { one: "# photo may not have been deleted.", other: "# photos may not have been deleted." }),
  skipped: (count: number) => plural(count, { one: "# photo was left as it is.", other: "# photos were left as they are." }),
  done: {
    trash: (count: number) => `${photos(count)} moved to trash.`,
    restore: (count: number) => `${photos(count)} restored.`,
    publish: (count: number) => plural(count, { one: "# photo is now public.", other: "# photos are now public." }),
    hide: (count: number) => plural(count, { one: "# photo is now private.", other: "# photos are now private." }),
    keep: (count: number) => `${photos(count)} kept.`,
    unkeep: (count: number) => `${photos(count)} no longer kept.`,
    tag: (count: number, tags: readonly string[]) => `${photos(count)} tagged ${and(tags)}.`,
    untag: (count: number, tags: readonly string[]) => `${and(tags)} removed from ${photos(count)}.`,
    set_time: (count: number) => plural(count, { one: "Date of # photo changed.", other: "Dates of # photos changed." }),
    shift_time: (count: number) => plural(count, { one: "Date of # photo shifted.", other: "Dates of # photos shifted." }),
    set_offset: (count: number) => `Time zone of ${photos(count)} changed.`,
    reset_time: (count: number) =>
      plural(count, { one: "Date of # photo reset to the camera's time.", other: "Dates of # photos reset to the camera's time." }),
    favorite: (count: number) => `${photos(count)} added to favorites.`,
    unfavorite: (count: number) => `${photos(count)} removed from favorites.`,
    rate: (count: number) => plural(count, { one: "Rating of # photo changed.", other: "Ratings of # photos changed." }),
    set_caption: (count: number) => plural(count, { one: "Caption of # photo changed.", other: "Captions of # photos changed." }),
    set_place: (count: number) => plural(count, { one: "Place of # photo changed.", other: "Places of # photos changed." }),
    set_coordinates: (count: number) => plural(count, { one: "Position of # photo changed.", other: "Positions of # photos changed." }),
    add_to_album: (count: number, _: readonly string[], title: string | null) => `${photos(count)} added to ${album(title)}.`,
    remove_from_album: (count: number, _: readonly string[], title: string | null) => `${photos(count)} removed from ${album(title)}.`,
    approve: (count: number) => plural(count, { one: "# photo is now in the album.", other: "# photos are now in the album." }),
    decline: (count: number) =>
      plural(count, { one: "# photo declined. It stays in your library.", other: "# photos declined. They stay in your library." }),
    delete_permanently: (count: number) => `${photos(count)} deleted permanently.`,
  },
} as const;
