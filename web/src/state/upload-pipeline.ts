/**
 * The upload pipeline, from files to photos in the library: connects the queue, the uploader, the processing poller and
 * the announcements.
 */
import { strings } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import type { Photo } from "./photo.ts";
import type { ProcessingPoller, SettledCallback } from "./processing-poller.ts";
import type { UploadAnnouncer } from "./upload-announcements.ts";
import { isFinished, type Upload, type UploadQueue, type UploadMetadata } from "./upload-queue.ts";

/** Uploads files. */
export interface Uploader<File extends { name: string; size: number }> {
  send(uploads: readonly Upload<File>[]): void;
  forget(id: string): void;
  resumeSignedIn(): void;
}

/** What an uploader reports besides the queue's state. */
export interface UploaderCallbacks<File extends { name: string; size: number }> {
  /** All bytes were uploaded. */
  readonly onUploaded: (upload: Upload<File>) => void;
  /** An upload failed until the user retries it. */
  readonly onFailed: (upload: Upload<File>) => void;
  /** The library, or another chosen file, has the bytes. */
  readonly onDuplicate: (upload: Upload<File>) => void;
}

interface Dependencies<File extends { name: string; size: number }> {
  readonly queue: UploadQueue<File>;
  readonly announcer: UploadAnnouncer;
  readonly createUploader: (callbacks: UploaderCallbacks<File>) => Uploader<File>;
  /** Creates the poller, which calls `onSettled` when a photo is processed. */
  readonly createPoller: (onSettled: SettledCallback) => ProcessingPoller;
  /** A photo is ready, or a file was rejected. */
  readonly onSettled: (photo: Photo) => void;
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
      onDuplicate: ({ sameFile }) => {
        announcer.add({ kind: sameFile === null ? "duplicate" : "same-file" });
      },
    });
  }

  /** Starts uploading files; those that are done give way in the list. */
  add(files: readonly File[], metadata: UploadMetadata): void {
    if (this.#dependencies.queue.uploads.every(isFinished)) this.#dependencies.queue.clearFinished();
    const uploads = this.#dependencies.queue.add(files, metadata);
    this.#dependencies.announcer.add({ kind: "started", count: uploads.length });
    this.#uploader.send(uploads);
  }

  /** Retries failed uploads. */
  retry(ids: readonly string[]): void {
    for (const id of ids) this.#dependencies.queue.retry(id);
    this.#uploader.send(ids.map((id) => this.#dependencies.queue.get(id)));
  }

  /** Retries all failed uploads that may succeed. */
  retryAll(): void {
    this.retry(this.#dependencies.queue.uploads.filter(({ stage, canRetry }) => stage === "failed" && canRetry).map(({ id }) => id));
  }

  /** Removes an upload; if it is not finished, it stops, and files with the same bytes are sent in its place. */
  remove(id: string): void {
    const { queue } = this.#dependencies;
    const same = isFinished(queue.get(id)) ? [] : queue.uploads.filter(({ sameFile }) => sameFile === id);
    queue.remove(id);
    this.#uploader.forget(id);
    this.retry(same.map((other) => other.id));
  }

  /** Removes everything that is finished, also what failed. */
  clear(): void {
    const { queue } = this.#dependencies;
    for (const { id } of queue.uploads.filter(isFinished)) this.remove(id);
  }

  /** Continues after the user has signed in again. */
  resumeSignedIn(): void {
    this.#uploader.resumeSignedIn();
    this.#poller.pollSoon();
  }

  /** Polls soon, after the network came back. */
  pollSoon(): void {
    this.#poller.pollSoon();
  }

  #settle(photoId: string, photo: Photo | null): void {
    const { queue, announcer, onSettled } = this.#dependencies;
    const upload = queue.findProcessing(photoId);
    if (photo?.state === "ready" || photo?.state === "rejected") onSettled(photo);
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
