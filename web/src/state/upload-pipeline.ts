/**
 * Putting photos in, from the choice to the photo in the library: brings together the queue, the transfer of bytes,
 * the wait for the library, and what is said aloud of it.
 */
import { strings } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import type { Photo } from "./photo.ts";
import type { ProcessingPoller, SettledCallback } from "./processing-poller.ts";
import type { UploadAnnouncer } from "./upload-announcements.ts";
import type { Upload, UploadQueue, UploadMetadata } from "./upload-queue.ts";

/** Moves bytes. */
export interface Uploader<File extends { name: string; size: number }> {
  send(uploads: readonly Upload<File>[]): void;
  forget(id: string): void;
}

/** What a mover tells beyond the queue. */
export interface UploaderCallbacks<File extends { name: string; size: number }> {
  /** All bytes of an upload have arrived. */
  readonly onUploaded: (upload: Upload<File>) => void;
  /** An upload needs somebody to retry it. */
  readonly onFailed: (upload: Upload<File>) => void;
  /** The library had the bytes already. */
  readonly onDuplicate: (upload: Upload<File>) => void;
}

interface Dependencies<File extends { name: string; size: number }> {
  readonly queue: UploadQueue<File>;
  readonly announcer: UploadAnnouncer;
  readonly createUploader: (reports: UploaderCallbacks<File>) => Uploader<File>;
  /** Makes the watch; `settled` is to be called when a photo came to an end. */
  readonly createPoller: (settled: SettledCallback) => ProcessingPoller;
  /** A photo has become ready. */
  readonly onReady: (photo: Photo) => void;
  /** A file could not be used. */
  readonly onRejected: (photo: Photo) => void;
}

export class UploadPipeline<File extends { name: string; size: number }> {
  readonly #dependencies: Dependencies<File>;
  readonly #poller: ProcessingPoller;
  readonly #uploader: Uploader<File>;

  constructor(parts: Dependencies<File>) {
    this.#dependencies = parts;
    const { announcer } = parts;
    this.#poller = parts.createPoller((photoId, photo) => {
      this.#settle(photoId, photo);
    });
    this.#uploader = parts.createUploader({
      onUploaded: ({ photoId }) => {
        if (photoId !== null) this.#poller.add(photoId);
      },
      onFailed: ({ file }) => {
        announcer.add({ kind: "failed", name: file.name });
      },
      onDuplicate: () => {
        announcer.add({ kind: "duplicate" });
      },
    });
  }

  /** Puts files on their way. */
  add(files: readonly File[], wishes: UploadMetadata): void {
    const uploads = this.#dependencies.queue.add(files, wishes);
    this.#dependencies.announcer.add({ kind: "started", count: uploads.length });
    this.#uploader.send(uploads);
  }

  /** Tries failed uploads once more. */
  retry(ids: readonly string[]): void {
    for (const id of ids) this.#dependencies.queue.retry(id);
    this.#uploader.send(ids.map((id) => this.#dependencies.queue.get(id)));
  }

  /** Tries everything that failed once more. */
  retryAll(): void {
    this.retry(this.#dependencies.queue.uploads.filter(({ stage }) => stage === "failed").map(({ id }) => id));
  }

  /** Takes an upload off the list, stopping it if need be. */
  remove(id: string): void {
    this.#dependencies.queue.remove(id);
    this.#uploader.forget(id);
  }

  /** The line is back: looks soon what became of the photos meanwhile. */
  pollSoon(): void {
    this.#poller.pollSoon();
  }

  #settle(photoId: string, photo: Photo | null): void {
    const { queue, announcer, onReady, onRejected } = this.#dependencies;
    const upload = queue.findProcessing(photoId);
    if (photo?.state === "ready") onReady(photo);
    if (photo?.state === "rejected") onRejected(photo);
    if (upload === undefined) return;
    const name = upload.file.name;
    if (photo?.state === "ready") {
      queue.ready(upload.id, photo);
      announcer.add({ kind: "ready" });
    } else if (photo?.state === "duplicate") {
      queue.duplicate(upload.id, photo.duplicate_of ?? null);
      announcer.add({ kind: "duplicate" });
    } else if (photo?.state === "rejected") {
      const reason = photo.reason ?? strings.rejected;
      queue.rejected(upload.id, reason);
      announcer.add({ kind: "rejected", name, reason });
    } else {
      queue.failed(upload.id, uploadStrings.missing);
      announcer.add({ kind: "failed", name });
    }
  }
}
