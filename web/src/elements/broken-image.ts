/**
 * Images that the browser cannot show.
 */

/** Handles the `error` event of an image: hides it, so that the icon behind it shows. */
export function hideBrokenImage(event: Event): void {
  (event.target as HTMLImageElement).hidden = true;
}
