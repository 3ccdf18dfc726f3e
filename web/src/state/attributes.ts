/**
 * Labels that say little about a photo: colors, orientations, seasons and times of day. Nearly every photo has some, so
 * they come after the others. The same list as in `chalicelib/labels/attributes.py`.
 */
const attributes =
  "afternoon autumn black blue brown evening gray green horizontal monochrome morning night orange " +
  "panorama pink purple red spring square summer turquoise vertical white winter yellow";

const names = new Set(attributes.split(" "));

/** Whether a tag says little about a photo. */
export function isAttribute(tag: string): boolean {
  return names.has(tag.toLowerCase());
}

/** The tags in their order, but attributes after all others; at most `limit`. */
export function attributesLast<T extends { readonly tag_name: string }>(tags: readonly T[], limit: number): readonly T[] {
  const saysLittle = ({ tag_name: name }: T): boolean => isAttribute(name);
  return [...tags.filter((tag) => !saysLittle(tag)), ...tags.filter(saysLittle)].slice(0, limit);
}

/** The tags in their order, but the words of people before found ones, and found attributes last; at most `limit`. */
export function ownWordsFirst<T extends { readonly tag_name: string; readonly automatic: boolean }>(
  tags: readonly T[],
  limit: number,
): readonly T[] {
  const own = tags.filter(({ automatic }) => !automatic);
  return [
    ...own,
    ...attributesLast(
      tags.filter(({ automatic }) => automatic),
      limit,
    ),
  ].slice(0, limit);
}
