/**
 * The blurred placeholder of a photo, decoded from its thumbhash once.
 */
import { thumbHashToDataURL } from "thumbhash";

const cache = new Map<string, string>();

/** A CSS image for a base64 thumbhash; `none` if it is missing or invalid. */
export function placeholderImage(thumbhash: string | null): string {
  if (thumbhash === null) return "none";
  const cached = cache.get(thumbhash);
  if (cached !== undefined) return cached;
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
