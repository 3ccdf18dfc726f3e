/**
 * Moves files into the bucket, a few at a time, and reports to the upload queue.
 *
 * Each file gets a ticket when its turn comes, and keeps it as long as it is good: what is sent again goes to the same
 * place and is the same photo. Without a line to the library nothing is tried; what was under way waits, and goes on
 * when the line is back. A line that the browser calls good but that leads nowhere is tried ever less often, and a file
 * that got nowhere too often is left to its person.
 */
import { Backoff } from "../core/backoff.ts";
import type { Clock } from "../core/clock.ts";
import { AppError, HttpError, NetworkError } from "../core/errors.ts";
import type { NetworkStatus } from "../core/network-status.ts";
import { explain } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import type { Uploader, UploaderCallbacks } from "./upload-pipeline.ts";
import type { Upload, UploadQueue } from "./upload-queue.ts";

/** Files under way at once. */
const CONCURRENCY = 4;
/** A ticket is not begun with when it has less than this left, ms. */
const TICKET_MARGIN = 60_000;
/** How long everything rests after a fault that should pass, ms. */
const RETRY_DELAYS = [1, 2, 4, 8, 15, 30].map((seconds) => seconds * 1000);
/** A file that met such a fault so often has failed. */
const MAX_ATTEMPTS = 6;

/** Permission to put one file straight into the bucket. */
export interface UploadTicket {
  readonly photo_id: string;
  readonly upload: { readonly url: string; readonly fields: Readonly<Record<string, string>> };
  readonly expires_at: string;
}

/** The library has these very bytes already, as that photo. */
export interface KnownDuplicate {
  readonly duplicate_of: string;
}

interface FileInfo {
  readonly name: string;
  readonly size: number;
}

export interface UploadTransport<File extends FileInfo> {
  /** Asks the library where an upload may go. */
  createTicket(upload: Upload<File>): Promise<UploadTicket | KnownDuplicate>;
  /** Puts a file there. Throws a `Refused` or `Unreachable`. */
  send(ticket: UploadTicket, file: File, progress: (sent: number) => void, stop: AbortSignal): Promise<void>;
}

export class UploadScheduler<File extends FileInfo> implements Uploader<File> {
  readonly #queue: UploadQueue<File>;
  readonly #transport: UploadTransport<File>;
  readonly #network: NetworkStatus;
  readonly #clock: Clock;
  readonly #callbacks: UploaderCallbacks<File>;
  readonly #backoff = new Backoff(RETRY_DELAYS);
  /** Uploads whose turn has not come, by id; the next first. */
  #waiting: string[] = [];
  readonly #active = new Map<string, AbortController>();
  readonly #tickets = new Map<string, UploadTicket>();
  /** Tickets the bucket did not take, by their photo; and uploads that got another one for it. */
  readonly #rejectedTickets = new Set<string>();
  readonly #renewedUploads = new Set<string>();
  readonly #attempts = new Map<string, number>();
  #cancelPause: (() => void) | null = null;

  constructor(
    queue: UploadQueue<File>, ways: UploadTransport<File>, connection: NetworkStatus, clock: Clock, reports: UploaderCallbacks<File>,
  ) {
    this.#queue = queue;
    this.#transport = ways;
    this.#network = connection;
    this.#clock = clock;
    this.#callbacks = reports;
    connection.watch(() => {
      this.#handleNetworkChange();
    });
  }

  /** Puts waiting uploads on their way. */
  send(uploads: readonly Upload<File>[]): void {
    this.#waiting.push(...uploads.map(({ id }) => id));
    this.#startNext();
  }

  /** Stops an upload, if it is still under way, and lets go of all that is known of it. */
  forget(id: string): void {
    this.#waiting = this.#waiting.filter((other) => other !== id);
    this.#active.get(id)?.abort();
    this.#tickets.delete(id);
    this.#clearAttempts(id);
  }

  #startNext(): void {
    if (!this.#network.online) this.#queue.setOffline(true);
    if (!this.#network.online || this.#cancelPause !== null) return;
    while (this.#active.size < CONCURRENCY) {
      const id = this.#waiting.shift();
      if (id === undefined) return;
      void this.#run(id);
    }
  }

  async #run(id: string): Promise<void> {
    const stop = new AbortController();
    this.#active.set(id, stop);
    try {
      await this.#upload(id, stop.signal);
    } catch (problem) {
      if (this.#queue.has(id)) this.#handleError(id, problem);
    } finally {
      this.#active.delete(id);
      this.#startNext();
    }
  }

  async #upload(id: string, stop: AbortSignal): Promise<void> {
    this.#queue.signing(id);
    const kept = this.#tickets.get(id);
    const given = kept !== undefined && this.#isUsable(kept) ? kept : await this.#transport.createTicket(this.#queue.get(id));
    if (!this.#queue.has(id)) return;
    this.#queue.setOffline(false);
    if ("duplicate_of" in given && given.duplicate_of !== kept?.photo_id) {
      this.#queue.duplicate(id, given.duplicate_of);
      this.#callbacks.onDuplicate(this.#queue.get(id));
      this.forget(id);
      return;
    }
    // Where the photo is the one that was announced for this very file, its bytes had arrived after all.
    const photoId = "duplicate_of" in given ? given.duplicate_of : given.photo_id;
    this.#queue.sending(id, photoId);
    if (!("duplicate_of" in given)) {
      this.#tickets.set(id, given);
      const progress = (sent: number) => {
        if (this.#queue.has(id) && this.#queue.get(id).stage === "sending") this.#queue.progress(id, sent);
      };
      await this.#transport.send(given, this.#queue.get(id).file, progress, stop);
    }
    if (!this.#queue.has(id)) return;
    this.#backoff.reset();
    this.#queue.uploaded(id);
    this.#callbacks.onUploaded(this.#queue.get(id));
    this.forget(id);
  }

  #isUsable({ photo_id, expires_at }: UploadTicket): boolean {
    return !this.#rejectedTickets.has(photo_id) && Date.parse(expires_at) - this.#clock.now() > TICKET_MARGIN;
  }

  #handleError(id: string, problem: unknown): void {
    const attempts = (this.#attempts.get(id) ?? 0) + 1;
    const ticket = this.#tickets.get(id);
    const sending = this.#queue.get(id).stage === "sending";
    if (sending && ticket !== undefined && problem instanceof HttpError && problem.status === 403) {
      // The ticket may have run out while the line was gone: another one, once, and nobody need know.
      this.#rejectedTickets.add(ticket.photo_id);
      if (!this.#renewedUploads.has(id)) {
        this.#renewedUploads.add(id);
        this.#requeue(id);
        return;
      }
    }
    if (isTransient(problem) && (!this.#network.online || attempts < MAX_ATTEMPTS)) {
      if (this.#network.online) this.#attempts.set(id, attempts);
      this.#requeue(id);
      this.#pause(problem);
      return;
    }
    this.#clearAttempts(id);
    this.#queue.failed(id, isTransient(problem) || isApiError(problem) ? explain(problem) : uploadStrings.failed);
    this.#callbacks.onFailed(this.#queue.get(id));
  }

  /** What went wrong with it counts no more. */
  #clearAttempts(id: string): void {
    this.#attempts.delete(id);
    this.#renewedUploads.delete(id);
  }

  /** It is the next whose turn comes. */
  #requeue(id: string): void {
    this.#queue.requeue(id);
    this.#waiting.unshift(id);
  }

  /** Lets nothing more leave for a while. */
  #pause(problem: unknown): void {
    if (problem instanceof NetworkError) this.#queue.setOffline(true);
    if (!this.#network.online || this.#cancelPause !== null) return;
    const asked = problem instanceof HttpError ? (problem.retryAfter ?? 0) : 0;
    this.#cancelPause = this.#clock.after(Math.max(this.#backoff.next(), asked), () => {
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
    this.#queue.setOffline(!this.#network.online);
    this.#resume();
  }
}

function isTransient(problem: unknown): boolean {
  return problem instanceof NetworkError || (problem instanceof HttpError && (problem.isTransient || problem.status >= 500));
}

/** Whether it was the library that said no, and not the bucket. */
function isApiError(problem: unknown): boolean {
  return problem instanceof AppError && !(problem instanceof HttpError && problem.code === "bucket");
}
