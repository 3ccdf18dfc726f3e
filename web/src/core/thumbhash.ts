/**
 * The blur that stands where a photo will be: its thumbhash as a tiny picture, worked out once.
 */
import { thumbHashToDataURL } from "thumbhash";

const cache = new Map<string, string>();

/** A CSS image for a thumbhash in base64; `none` for a photo without one, or with one that cannot be read. */
export function placeholderImage(thumbhash: string | null): string {
  if (thumbhash === null) return "none";
  const known = cache.get(thumbhash);
  if (known !== undefined) return known;
  const image = decode(thumbhash);
  cache.set(thumbhash, image);
  return image;
}

function decode(thumbhash: string): string {
  try {
    const bytes = Uint8Array.from(atob(thumbhash), (character) => character.charCodeAt(0));
    return bytes.length < 5 ? "none" : `url("${thumbHashToDataURL(bytes)}")`;
  } catch {
    return "none";
  }
}
