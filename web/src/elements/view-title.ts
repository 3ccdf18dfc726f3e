/**
 * Titles of views: of the document, of the heading, and for an album of what a search finds.
 */
import { strings } from "../i18n/common.ts";
import { formatTag } from "../i18n/format.ts";
import { type Chip, viewChips } from "../state/chips.ts";
import { isSameView, onThisDay, type View } from "../state/view.ts";
import { describeChip } from "./chip-label.ts";

/** The filters that a title names together: all words, all tags, all excluded tags. */
const IN_ONE_PART: readonly Chip["kind"][] = ["word", "tag", "excluded"];

/** Returns the title of the document for a view. */
export function documentTitle(view: View, signedIn: boolean): string {
  return isSameView(view, onThisDay(new Date())) ? strings.onThisDay : viewTitle(view, signedIn);
}

/** Returns the title of a view with all its filters, for its heading. */
export function viewTitle(view: View, signedIn: boolean): string {
  return describeView(view, signedIn, strings.quoted);
}

/** Returns a title for an album of what a search finds: without quotation marks, as messages put the whole title in them. */
export function suggestedTitle(view: View): string {
  return describeView(view, true, (words) => words);
}

function describeView(view: View, signedIn: boolean, describeWords: (words: string) => string): string {
  const { scope, words, tags, match, excluded, state } = view;
  if (state === "trashed") return strings.trash;
  if (state === "rejected") return strings.needsAttention;
  const parts = [
    ...(words.length === 0 ? [] : [describeWords(words.join(" "))]),
    ...(tags.length === 0 ? [] : [(match === "all" ? strings.and : strings.or)(tags.map(formatTag))]),
    ...viewChips(view)
      .filter(({ kind }) => !IN_ONE_PART.includes(kind))
      .map(describeChip),
  ];
  const mine = view.order === "added" ? strings.recentlyAdded : strings.myPhotos;
  const everything = signedIn && scope === "mine" ? mine : strings.publicGallery;
  const title = parts.length === 0 ? everything : strings.titleList(parts);
  return excluded.length === 0 ? title : strings.titleWithout(title, strings.or(excluded.map(formatTag)));
}
