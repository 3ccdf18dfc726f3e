/**
 * The upload pipeline, from files to photos in the library: connects the queue, the uploader, the processing poller and
 * the announcements.
 */
import { strings } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import type { Photo } from "./photo.ts";
import type { ProcessingPoller, SettledCallback } from "./processing-poller.ts";
import type { UploadAnnouncer } from "./upload-announcements.ts";
import type { Upload, UploadQueue, UploadMetadata } from "./upload-queue.ts";

/** Uploads files. */
export interface Uploader<File extends { name: string; size: number }> {
  send(uploads: readonly Upload<File>[]): void;
  forget(id: string): void;
}

/** What an uploader reports besides the queue's state. */
export interface UploaderCallbacks<File extends { name: string; size: number }> {
  /** All bytes were uploaded. */
  readonly onUploaded: (upload: Upload<File>) => void;
  /** An upload failed until the user retries it. */
  readonly onFailed: (upload: Upload<File>) => void;
  /** The library already has the bytes. */
  readonly onDuplicate: (upload: Upload<File>) => void;
}

interface Dependencies<File extends { name: string; size: number }> {
  readonly queue: UploadQueue<File>;
  readonly announcer: UploadAnnouncer;
  readonly createUploader: (callbacks: UploaderCallbacks<File>) => Uploader<File>;
  /** Creates the poller, which calls `onSettled` when a photo is processed. */
  readonly createPoller: (onSettled: SettledCallback) => ProcessingPoller;
  /** A photo is ready. */
  readonly onReady: (photo: Photo) => void;
  /** A file was rejected. */
  readonly onRejected: (photo: Photo) => void;
}

export class UploadPipeline<File extends { name: string; size: number }> {
  readonly #dependencies: Dependencies<File>;
  readonly #poller: ProcessingPoller;
  readonly #uploader: Uploader<File>;

  constructor(dependencies: Dependencies<File>) {
    this.#dependencies = dependencies;
    const { announcer } = dependencies;
    this.#poller = dependencies.createPoller((photoId, photo) => {
      this.#settle(photoId, photo);
    });
    this.#uploader = dependencies.createUploader({
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

  /** Starts uploading files. */
  add(files: readonly File[], metadata: UploadMetadata): void {
    const uploads = this.#dependencies.queue.add(files, metadata);
    this.#dependencies.announcer.add({ kind: "started", count: uploads.length });
    this.#uploader.send(uploads);
  }

  /** Retries failed uploads. */
  retry(ids: readonly string[]): void {
    for (const id of ids) this.#dependencies.queue.retry(id);
    this.#uploader.send(ids.map((id) => this.#dependencies.queue.get(id)));
  }

  /** Retries all failed uploads. */
  retryAll(): void {
    this.retry(this.#dependencies.queue.uploads.filter(({ stage }) => stage === "failed").map(({ id }) => id));
  }

  /** Removes an upload, and stops it if it is running. */
  remove(id: string): void {
    this.#dependencies.queue.remove(id);
    this.#uploader.forget(id);
  }

  /** Polls soon, after the network came back. */
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
