/**
 * Strings of the downloads, in the page's language.
 */
import { strings } from "./common.ts";
import { english } from "./en/bundles.ts";
import { formatNumber, formatTag } from "./format.ts";
import { loadStrings } from "./locale.ts";

export const bundleStrings = await loadStrings({ en: () => english });

interface RequestedPhotos {
  readonly tags: readonly string[];
  readonly photoIds: readonly string[];
  readonly album: { readonly title: string } | null;
}

/** Summarizes a request in a line, with the channels of its message: Mountain (32), 3 photos, email. */
export function summarizeRequest(
  labels: readonly { readonly name: string; readonly count: number }[],
  { tags, photoIds, album }: RequestedPhotos,
  channels: readonly ("email" | "sms")[],
): string {
  const counts = new Map(labels.map(({ name, count }) => [name.toLowerCase(), count]));
  const parts = tags.map((tag) => {
    const count = counts.get(tag.toLowerCase());
    return count === undefined ? formatTag(tag) : `${formatTag(tag)} (${formatNumber(count)})`;
  });
  if (album !== null) parts.push(bundleStrings.album(album.title));
  if (photoIds.length > 0) parts.push(strings.photos(photoIds.length));
  parts.push(...channels.map((channel) => bundleStrings.channelNames[channel]));
  return parts.join(", ");
}

/** The announcement for a bundle's state; a percentage stays as it is. */
export function announceBundle(milestone: string): string {
  const states: Readonly<Record<string, string>> = bundleStrings.states;
  return states[milestone] ?? milestone;
}
