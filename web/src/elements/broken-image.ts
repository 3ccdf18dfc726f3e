/**
 * What becomes of a picture that the browser cannot show: it makes way for the icon behind it.
 */

/** An `error` listener for images. */
export function hideBrokenImage(event: Event): void {
  (event.target as HTMLImageElement).hidden = true;
}
