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
import { Problem, Refused, Unreachable } from "../core/errors.ts";
import type { Connection } from "../core/network-status.ts";
import { explain } from "../i18n/common.ts";
import { uploadStrings } from "../i18n/uploads.ts";
import type { Mover, MoverReports } from "./upload-pipeline.ts";
import type { Upload, UploadQueue } from "./upload-queue.ts";

/** Files under way at once. */
const AT_ONCE = 4;
/** A ticket is not begun with when it has less than this left, ms. */
const MARGIN = 60_000;
/** How long everything rests after a fault that should pass, ms. */
const RESTS = [1, 2, 4, 8, 15, 30].map((seconds) => seconds * 1000);
/** A file that met such a fault so often has failed. */
const ATTEMPTS = 6;

/** Permission to put one file straight into the bucket. */
export interface Ticket {
  readonly photo_id: string;
  readonly upload: { readonly url: string; readonly fields: Readonly<Record<string, string>> };
  readonly expires_at: string;
}

/** The library has these very bytes already, as that photo. */
export interface KnownBytes {
  readonly duplicate_of: string;
}

interface Chosen {
  readonly name: string;
  readonly size: number;
}

export interface Ways<File extends Chosen> {
  /** Asks the library where an upload may go. */
  ticket(upload: Upload<File>): Promise<Ticket | KnownBytes>;
  /** Puts a file there. Throws a `Refused` or `Unreachable`. */
  put(ticket: Ticket, file: File, progress: (sent: number) => void, stop: AbortSignal): Promise<void>;
}

export class Transfer<File extends Chosen> implements Mover<File> {
  readonly #queue: UploadQueue<File>;
  readonly #ways: Ways<File>;
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #reports: MoverReports<File>;
  readonly #rests = new Backoff(RESTS);
  /** Uploads whose turn has not come, by id; the next first. */
  #waiting: string[] = [];
  readonly #underWay = new Map<string, AbortController>();
  readonly #tickets = new Map<string, Ticket>();
  /** Tickets the bucket did not take, by their photo; and uploads that got another one for it. */
  readonly #spent = new Set<string>();
  readonly #renewed = new Set<string>();
  readonly #attempts = new Map<string, number>();
  #wake: (() => void) | null = null;

  constructor(
    queue: UploadQueue<File>, ways: Ways<File>, connection: Connection, clock: Clock, reports: MoverReports<File>,
  ) {
    this.#queue = queue;
    this.#ways = ways;
    this.#connection = connection;
    this.#clock = clock;
    this.#reports = reports;
    connection.watch(() => {
      this.#lineChanged();
    });
  }

  /** Puts waiting uploads on their way. */
  send(uploads: readonly Upload<File>[]): void {
    this.#waiting.push(...uploads.map(({ id }) => id));
    this.#go();
  }

  /** Stops an upload, if it is still under way, and lets go of all that is known of it. */
  forget(id: string): void {
    this.#waiting = this.#waiting.filter((other) => other !== id);
    this.#underWay.get(id)?.abort();
    this.#tickets.delete(id);
    this.#pardon(id);
  }

  #go(): void {
    if (!this.#connection.online) this.#queue.lineIs(true);
    if (!this.#connection.online || this.#wake !== null) return;
    while (this.#underWay.size < AT_ONCE) {
      const id = this.#waiting.shift();
      if (id === undefined) return;
      void this.#move(id);
    }
  }

  async #move(id: string): Promise<void> {
    const stop = new AbortController();
    this.#underWay.set(id, stop);
    try {
      await this.#bring(id, stop.signal);
    } catch (problem) {
      if (this.#queue.has(id)) this.#broke(id, problem);
    } finally {
      this.#underWay.delete(id);
      this.#go();
    }
  }

  async #bring(id: string, stop: AbortSignal): Promise<void> {
    this.#queue.signing(id);
    const kept = this.#tickets.get(id);
    const given = kept !== undefined && this.#isGood(kept) ? kept : await this.#ways.ticket(this.#queue.get(id));
    if (!this.#queue.has(id)) return;
    this.#queue.lineIs(false);
    if ("duplicate_of" in given && given.duplicate_of !== kept?.photo_id) {
      this.#queue.duplicate(id, given.duplicate_of);
      this.#reports.known(this.#queue.get(id));
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
      await this.#ways.put(given, this.#queue.get(id).file, progress, stop);
    }
    if (!this.#queue.has(id)) return;
    this.#rests.reset();
    this.#queue.stored(id);
    this.#reports.stored(this.#queue.get(id));
    this.forget(id);
  }

  #isGood({ photo_id, expires_at }: Ticket): boolean {
    return !this.#spent.has(photo_id) && Date.parse(expires_at) - this.#clock.now() > MARGIN;
  }

  #broke(id: string, problem: unknown): void {
    const attempts = (this.#attempts.get(id) ?? 0) + 1;
    const ticket = this.#tickets.get(id);
    const sending = this.#queue.get(id).stage === "sending";
    if (sending && ticket !== undefined && problem instanceof Refused && problem.status === 403) {
      // The ticket may have run out while the line was gone: another one, once, and nobody need know.
      this.#spent.add(ticket.photo_id);
      if (!this.#renewed.has(id)) {
        this.#renewed.add(id);
        this.#again(id);
        return;
      }
    }
    if (isPassing(problem) && (!this.#connection.online || attempts < ATTEMPTS)) {
      if (this.#connection.online) this.#attempts.set(id, attempts);
      this.#again(id);
      this.#rest(problem);
      return;
    }
    this.#pardon(id);
    this.#queue.failed(id, isPassing(problem) || isOurs(problem) ? explain(problem) : uploadStrings.failedToSend);
    this.#reports.failed(this.#queue.get(id));
  }

  /** What went wrong with it counts no more. */
  #pardon(id: string): void {
    this.#attempts.delete(id);
    this.#renewed.delete(id);
  }

  /** It is the next whose turn comes. */
  #again(id: string): void {
    this.#queue.hold(id);
    this.#waiting.unshift(id);
  }

  /** Lets nothing more leave for a while. */
  #rest(problem: unknown): void {
    if (problem instanceof Unreachable) this.#queue.lineIs(true);
    if (!this.#connection.online || this.#wake !== null) return;
    const asked = problem instanceof Refused ? (problem.retryAfter ?? 0) : 0;
    this.#wake = this.#clock.after(Math.max(this.#rests.next(), asked), () => {
      this.#awaken();
    });
  }

  #awaken(): void {
    this.#wake = null;
    this.#go();
  }

  #lineChanged(): void {
    this.#wake?.();
    this.#rests.reset();
    this.#queue.lineIs(!this.#connection.online);
    this.#awaken();
  }
}

function isPassing(problem: unknown): boolean {
  return problem instanceof Unreachable || (problem instanceof Refused && (problem.passing || problem.status >= 500));
}

/** Whether it was the library that said no, and not the bucket. */
function isOurs(problem: unknown): boolean {
  return problem instanceof Problem && !(problem instanceof Refused && problem.code === "bucket");
}
