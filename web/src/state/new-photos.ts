/**
 * Photos that become ready while files are uploaded on this page: the grid gets them all at once when the uploads are done, so that
 * it does not move in between.
 */
import { Observable } from "../core/observable.ts";
import type { Photo } from "./photo.ts";

export class NewPhotos extends Observable {
  readonly #onReleased: (photos: readonly Photo[]) => void;
  #photos: Photo[] = [];

  /** Whether files are being uploaded. */
  uploading = false;

  /** `onReleased` gets photos once they may be shown: those that are ready, and files that were rejected. */
  constructor(onReleased: (photos: readonly Photo[]) => void) {
    super();
    this.#onReleased = onReleased;
  }

  add(photo: Photo): void {
    this.#photos.push(photo);
    if (!this.uploading) this.#release();
  }

  /** Sets whether files are being uploaded. */
  setUploading(uploading: boolean): void {
    if (this.uploading === uploading) return;
    this.uploading = uploading;
    this.notifyWatchers();
    if (!uploading) this.#release();
  }

  #release(): void {
    const photos = this.#photos;
    this.#photos = [];
    if (photos.length > 0) this.#onReleased(photos);
  }
}
