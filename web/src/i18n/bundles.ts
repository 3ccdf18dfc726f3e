/**
 * Strings of the downloads, in the page's language.
 */
import { strings } from "./common.ts";
import { english } from "./en/bundles.ts";
import { formatBytes, formatIsoDate, formatIsoDateRange, formatNumber, formatTag } from "./format.ts";
import { loadStrings } from "./locale.ts";

export const bundleStrings = await loadStrings({ en: () => english });

interface Days {
  readonly from: string | null;
  readonly to: string | null;
}

/** How many photos a library has, and their bytes, by month. */
interface Library {
  readonly photos: number;
  readonly bytes: number;
  readonly months: Readonly<Record<string, number>>;
}

interface RequestedPhotos {
  readonly tags: readonly string[];
  readonly photoIds: readonly string[];
  readonly album: { readonly title: string } | null;
  readonly ranges: (library: Library) => readonly Days[] | null;
}

/** Describes photos of some days; one of the days is not null. */
export function describeDays({ from, to }: Days): string {
  const year = from?.slice(0, 4) ?? "";
  if (from === `${year}-01-01` && to === `${year}-12-31`) return bundleStrings.between(year);
  if (from !== null && to !== null) return bundleStrings.between(formatIsoDateRange(from, to));
  return from === null ? bundleStrings.until(formatIsoDate(to ?? "")) : bundleStrings.since(formatIsoDate(from));
}

/** Summarizes a request in a line, with the channels of its message: Mountain (32), 3 photos, email. */
export function summarizeRequest(
  labels: readonly { readonly name: string; readonly count: number }[],
  draft: RequestedPhotos,
  library: Library,
  channels: readonly ("email" | "sms")[],
): string {
  const sent = channels.map((channel) => bundleStrings.channelNames[channel]);
  const ranges = draft.ranges(library);
  if (ranges !== null) {
    const [days] = ranges;
    const isAll = days === undefined || ranges.length > 1 || (days.from === null && days.to === null);
    const photos = isAll ? bundleStrings.everything(library.photos, formatBytes(library.bytes)) : describeDays(days);
    return [photos, ...(ranges.length > 1 ? [bundleStrings.inDownloads(ranges.length)] : []), ...sent].join(", ");
  }
  const { tags, photoIds, album } = draft;
  const counts = new Map(labels.map(({ name, count }) => [name.toLowerCase(), count]));
  const parts = tags.map((tag) => {
    const count = counts.get(tag.toLowerCase());
    return count === undefined ? formatTag(tag) : `${formatTag(tag)} (${formatNumber(count)})`;
  });
  if (album !== null) parts.push(bundleStrings.album(album.title));
  if (photoIds.length > 0) parts.push(strings.photos(photoIds.length));
  return [...parts, ...sent].join(", ");
}

/** The announcement for a bundle's state; a percentage stays as it is. */
export function announceBundle(milestone: string): string {
  const states: Readonly<Record<string, string>> = bundleStrings.states;
  return states[milestone] ?? milestone;
}
