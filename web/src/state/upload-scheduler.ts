/**
 * Uploads files to S3, a few at a time, and reports to the upload queue.
 *
 * Each file gets a ticket when its turn comes, and keeps it while it is valid, so that a retry uploads the same photo.
 * While the device is offline, uploads wait; they continue when it is online. If requests fail although the browser says
 * it is online, the scheduler retries less and less often, and gives up on a file after `MAX_ATTEMPTS`. After the session has
 * ended, uploads wait until the user is signed in again.
 *
 * Of files with the same bytes that were chosen together, the first one is sent.
 */
import type { components, paths } from "../api/schema.d.ts";
import { Backoff } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import { HttpError, NetworkError, SignedOutError } from "../core/errors.ts";
import type { NetworkStatus } from "../core/network-status.ts";
import { canRetry, explainUploadError, isTransient } from "./upload-errors.ts";
import type { Uploader, UploaderCallbacks } from "./upload-pipeline.ts";
import { isFinished, type Upload, type UploadQueue } from "./upload-queue.ts";

/** How many files are uploaded at once. */
const CONCURRENCY = 4;
/** A ticket that expires sooner than this is not used, ms. */
const TICKET_MARGIN = 60_000;
/** How long all uploads pause after a transient error, ms. */
const RETRY_DELAYS = [1, 2, 4, 8, 15, 30].map((seconds) => seconds * 1000);
/** After this many transient errors a file has failed. */
const MAX_ATTEMPTS = 6;

/** Permission to upload one file to S3. */
export type UploadTicket = components["schemas"]["UploadTicket"];

/** The response where the library already has a photo with the same SHA-256. */
export type KnownDuplicate = paths["/uploads"]["post"]["responses"][200]["content"]["application/json"];

interface FileInfo {
  readonly name: string;
  readonly size: number;
}

export interface UploadTransport<File extends FileInfo> {
  /** The SHA-256 of a file in hex; null if it is not computed. Throws a `FileReadError`. */
  hash(file: File): Promise<string | null>;
  /** Throws a `FileReadError` if a file can no longer be read. */
  checkReadable(file: File): Promise<void>;
  /** Requests a ticket for an upload. */
  createTicket(upload: Upload<File>, sha256: string | null): Promise<UploadTicket | KnownDuplicate>;
  /** Uploads a file with its ticket. Throws an `HttpError` or a `NetworkError`. */
  send(ticket: UploadTicket, file: File, onProgress: (sent: number) => void, signal: AbortSignal): Promise<void>;
}

export class UploadScheduler<File extends FileInfo> implements Uploader<File> {
  readonly #queue: UploadQueue<File>;
  readonly #transport: UploadTransport<File>;
  readonly #network: Pick<NetworkStatus, "online" | "watch">;
  readonly #clock: Clock;
  readonly #callbacks: UploaderCallbacks<File>;
  readonly #backoff = new Backoff(RETRY_DELAYS);
  /** The ids of waiting uploads, the next one first. */
  #waiting: string[] = [];
  readonly #active = new Map<string, AbortController>();
  readonly #tickets = new Map<string, UploadTicket>();
  /** Photo ids of tickets that S3 rejected, and ids of uploads that got a new ticket. */
  readonly #rejectedTickets = new Set<string>();
  readonly #renewedUploads = new Set<string>();
  readonly #attempts = new Map<string, number>();
  /** The SHA-256 of files, by the ids of their uploads. */
  readonly #hashes = new Map<string, string | null>();
  #cancelPause: (() => void) | null = null;

  constructor(
    queue: UploadQueue<File>,
    transport: UploadTransport<File>,
    network: Pick<NetworkStatus, "online" | "watch">,
    clock: Clock,
    callbacks: UploaderCallbacks<File>,
  ) {
    this.#queue = queue;
    this.#transport = transport;
    this.#network = network;
    this.#clock = clock;
    this.#callbacks = callbacks;
    network.watch(() => {
      this.#handleNetworkChange();
    });
  }

  /** Starts waiting uploads. */
  send(uploads: readonly Upload<File>[]): void {
    this.#waiting.push(...uploads.map(({ id }) => id));
    this.#startNext();
  }

  /** Stops an upload if it is running, and discards it. */
  forget(id: string): void {
    this.#waiting = this.#waiting.filter((other) => other !== id);
    this.#active.get(id)?.abort();
    this.#hashes.delete(id);
    this.#discardTicket(id);
  }

  /** Continues after the user has signed in again. */
  resumeSignedIn(): void {
    if (this.#queue.pause !== "signed-out") return;
    this.#queue.setPause(null);
    this.#startNext();
  }

  #startNext(): void {
    if (!this.#network.online) this.#queue.setPause("offline");
    if (!this.#network.online || this.#cancelPause !== null || this.#queue.pause === "signed-out") return;
    while (this.#active.size < CONCURRENCY) {
      const id = this.#waiting.shift();
      if (id === undefined) return;
      void this.#run(id);
    }
  }

  async #run(id: string): Promise<void> {
    const controller = new AbortController();
    this.#active.set(id, controller);
    try {
      await this.#upload(id, controller.signal);
    } catch (error) {
      if (this.#isActive(id)) this.#handleError(id, error);
    } finally {
      this.#active.delete(id);
      this.#startNext();
    }
  }

  async #upload(id: string, signal: AbortSignal): Promise<void> {
    this.#queue.signing(id);
    const upload = this.#queue.get(id);
    const sha256 = await this.#hash(upload);
    if (!this.#isActive(id)) return;
    const same = this.#findSameFile(upload, sha256);
    if (same !== undefined) {
      this.#finishAsSame(id, same.id);
      return;
    }
    this.#hashes.set(id, sha256);
    const known = this.#tickets.get(id);
    const ticket = known !== undefined && this.#isUsable(known) ? known : await this.#transport.createTicket(upload, sha256);
    if (!this.#isActive(id)) return;
    this.#queue.setPause(null);
    if ("duplicate_of" in ticket && ticket.duplicate_of !== known?.photo_id) {
      this.#finishAsDuplicate(upload, ticket.duplicate_of);
      return;
    }
    // If it is the photo of this file's own ticket, an earlier attempt has uploaded the bytes.
    const photoId = "duplicate_of" in ticket ? ticket.duplicate_of : ticket.photo_id;
    this.#queue.sending(id, photoId);
    if (!("duplicate_of" in ticket)) {
      this.#tickets.set(id, ticket);
      const onProgress = (sent: number) => {
        if (this.#queue.has(id) && this.#queue.get(id).stage === "sending") this.#queue.progress(id, sent);
      };
      await this.#transport.send(ticket, upload.file, onProgress, signal);
    }
    if (!this.#isActive(id)) return;
    this.#backoff.reset();
    this.#queue.uploaded(id);
    this.#callbacks.onUploaded(this.#queue.get(id));
    this.#discardTicket(id);
  }

  /** The SHA-256 of a file. A retry makes sure that it can still be read: requests with one that cannot have no response. */
  async #hash({ id, file }: Upload<File>): Promise<string | null> {
    const known = this.#hashes.get(id);
    if (known === undefined) return await this.#transport.hash(file);
    await this.#transport.checkReadable(file);
    return known;
  }

  /** Whether an upload is still to be sent: it may have been removed, or given up, meanwhile. */
  #isActive(id: string): boolean {
    return this.#queue.has(id) && !isFinished(this.#queue.get(id));
  }

  /** The unfinished upload of the same bytes that was chosen together with this one. */
  #findSameFile({ id, metadata }: Upload<File>, sha256: string | null): Upload<File> | undefined {
    if (sha256 === null) return undefined;
    return this.#queue.uploads.find(
      (other) => other.id !== id && other.metadata === metadata && !isFinished(other) && this.#hashes.get(other.id) === sha256,
    );
  }

  /** The library has the photo: from before, or from another file that was chosen together with this one. */
  #finishAsDuplicate({ id, metadata }: Upload<File>, photoId: string): void {
    const same = this.#queue.uploads.find((other) => other.photoId === photoId && other.metadata === metadata);
    if (same !== undefined) {
      this.#finishAsSame(id, same.id);
      return;
    }
    this.#queue.duplicate(id, photoId);
    this.#callbacks.onDuplicate(this.#queue.get(id));
    this.#discardTicket(id);
  }

  #finishAsSame(id: string, other: string): void {
    this.#queue.sameAs(id, other);
    this.#callbacks.onDuplicate(this.#queue.get(id));
    this.#discardTicket(id);
  }

  #isUsable({ photo_id, expires_at }: UploadTicket): boolean {
    return !this.#rejectedTickets.has(photo_id) && Date.parse(expires_at) - this.#clock.now() > TICKET_MARGIN;
  }

  #handleError(id: string, error: unknown): void {
    if (error instanceof SignedOutError) {
      this.#requeue(id);
      this.#queue.setPause("signed-out");
      return;
    }
    const attempts = (this.#attempts.get(id) ?? 0) + 1;
    const ticket = this.#tickets.get(id);
    const sending = this.#queue.get(id).stage === "sending";
    if (sending && ticket !== undefined && error instanceof HttpError && error.status === 403) {
      // The ticket may have expired while offline: get a new one, once, without telling the user.
      this.#rejectedTickets.add(ticket.photo_id);
      if (!this.#renewedUploads.has(id)) {
        this.#renewedUploads.add(id);
        this.#requeue(id);
        return;
      }
    }
    if (isTransient(error) && (!this.#network.online || attempts < MAX_ATTEMPTS)) {
      if (this.#network.online) this.#attempts.set(id, attempts);
      this.#requeue(id);
      this.#pause(error);
      return;
    }
    this.#clearAttempts(id);
    this.#queue.failed(id, explainUploadError(error), canRetry(error));
    this.#callbacks.onFailed(this.#queue.get(id));
  }

  /** Resets the failed attempts of an upload. */
  #clearAttempts(id: string): void {
    this.#attempts.delete(id);
    this.#renewedUploads.delete(id);
  }

  #discardTicket(id: string): void {
    this.#tickets.delete(id);
    this.#clearAttempts(id);
  }

  /** Puts an upload at the front of the queue. */
  #requeue(id: string): void {
    this.#queue.requeue(id);
    this.#waiting.unshift(id);
  }

  /** Pauses all uploads for a while. */
  #pause(error: unknown): void {
    if (error instanceof NetworkError) this.#queue.setPause("offline");
    if (!this.#network.online || this.#cancelPause !== null) return;
    const retryAfter = error instanceof HttpError ? (error.retryAfter ?? 0) : 0;
    this.#cancelPause = this.#clock.after(Math.max(this.#backoff.next(), retryAfter), () => {
      this.#resume();
    });
  }

  #resume(): void {
    this.#cancelPause = null;
    this.#startNext();
  }

  #handleNetworkChange(): void {
    this.#cancelPause?.();
    this.#backoff.reset();
    this.#queue.setPause(this.#network.online ? null : "offline");
    this.#resume();
  }
}
