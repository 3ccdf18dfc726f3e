/**
 * The tags of some photos, with the number of photos that have them.
 */
import type { Photo } from "./photo.ts";

export interface TagCount {
  readonly tag: string;
  readonly count: number;
}

/** The tags of photos: those of the most photos first, then by name. */
export function countTags(photos: readonly Pick<Photo, "tags">[]): readonly TagCount[] {
  const counts = new Map<string, number>();
  for (const tag of photos.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => b.count - a.count || a.tag.localeCompare(b.tag));
}
