/**
 * Strings of shared links for their owners, in the page's language, and what they say of a link.
 */
import { english } from "./en/sharing.ts";
import { formatDateTime, formatTime } from "./format.ts";
import { loadStrings } from "./locale.ts";

export const shareStrings = await loadStrings({ en: () => english });

/**
 * How a link is called: by the owner's name for it, else by what it is for if the list says that (`titled`), else by when it was
 * created. `label` distinguishes links of the same title, for screen readers.
 */
export function nameShare(
  share: { readonly name: string; readonly title: string; readonly photos: number; readonly created_at: string },
  titled: boolean,
): { readonly heading: string; readonly label: string } {
  const created = formatDateTime(Date.parse(share.created_at));
  if (share.name !== "") return { heading: share.name, label: share.name };
  const heading = titled ? titleShare(share) : shareStrings.unnamed(created);
  return { heading, label: titled ? shareStrings.titledAt(heading, created) : heading };
}

/** What a link is for. */
export function titleShare({ title, photos }: { readonly title: string; readonly photos: number }): string {
  return title === "" ? shareStrings.untitled(photos) : title;
}

/** What a link lets guests do, and until when. */
export function describeTerms(share: {
  readonly download: "none" | "resized" | "original";
  readonly add: boolean;
  readonly review: boolean;
  readonly has_password: boolean;
  readonly expires_at: string | null;
  readonly state: "active" | "expired";
}): readonly string[] {
  const { download, add, review, has_password: hasPassword, expires_at: ends, state } = share;
  return [
    shareStrings.mayDownload[download],
    ...(add ? [review ? shareStrings.mayAddAfterReview : shareStrings.mayAdd] : []),
    ...(hasPassword ? [shareStrings.hasPassword] : []),
    ...(ends !== null && state === "active" ? [shareStrings.endsOn(formatDateTime(Date.parse(ends)))] : []),
  ];
}

/** How a link has been used. */
export function describeUse(share: {
  readonly add: boolean;
  readonly passes: number;
  readonly uploads: { readonly photos: number; readonly bytes: number; readonly max_photos: number };
}): readonly string[] {
  const { add, passes, uploads } = share;
  return [
    ...(passes > 0 ? [shareStrings.passes(passes)] : []),
    ...(add && uploads.photos > 0 ? [shareStrings.added(uploads.photos, uploads.max_photos, uploads.bytes)] : []),
  ];
}

/** How many wrong passwords were entered, and when the last one; null if there were none. `now` is in ms since the epoch. */
export function describeWrongPasswords(count: number, last: string | null, now: number): string | null {
  if (count === 0 || last === null) return null;
  const time = new Date(last);
  const isToday = time.toDateString() === new Date(now).toDateString();
  const when = isToday ? shareStrings.todayAt(formatTime(time.getTime())) : shareStrings.on(formatDateTime(time.getTime()));
  return shareStrings.wrongPasswords(count, when);
}
