/**
 * The address of a shared link: `#{token}`, and `#{token}/{photo_id}` while a photo is open.
 *
 * The token is in the fragment only: browsers send no fragment to a server, nor to the next page as a referrer.
 */

export interface GuestAddress {
  /** The token; null if the fragment has none. */
  readonly token: string | null;
  /** The open photo, or null. */
  readonly photoId: string | null;
}

const ADDRESS = /^#([\w-]+\.[\w-]+)(?:\/([\w-]+))?$/;

/** Parses the fragment of a URL, which begins with `#` unless it is empty. */
export function parseGuestAddress(hash: string): GuestAddress {
  const [, token = null, photoId = null] = ADDRESS.exec(hash) ?? [];
  return { token, photoId };
}

/** The fragment of a shared link, with the open photo if there is one. */
export function guestAddress(token: string, photoId: string | null): string {
  return photoId === null ? `#${token}` : `#${token}/${photoId}`;
}

/** The public part of a token: the id of its share. */
export function shareIdOf(token: string): string {
  return token.slice(0, token.indexOf("."));
}
