/**
 * How a person is told that something is ready: by nothing, or at an address that their own sign-in has verified.
 */
import { Observable } from "../core/observable.ts";

export type Channel = "email" | "sms";
export const CHANNELS: readonly Channel[] = ["email", "sms"];

export interface Subscription {
  readonly channel: Channel;
  /** Masked. */
  readonly address: string;
  readonly state: "pending" | "confirmed";
}

export interface Told {
  readonly subscriptions: readonly Subscription[];
  /** Those that could be used. */
  readonly channels: readonly Channel[];
}

/** The library's part. */
export interface NoticeOffice {
  notices(): Promise<Told>;
  subscribe(channel: Channel): Promise<Told>;
  unsubscribe(): Promise<void>;
}

const NOTHING: Told = { subscriptions: [], channels: [] };

export class Notices extends Observable {
  readonly #office: NoticeOffice;

  told: Told = NOTHING;
  /** What the person wants for what they order next; null is no message. */
  wanted: Channel | null = null;
  /** What went wrong last, or null. */
  problem: unknown = null;
  busy = false;

  constructor(office: NoticeOffice) {
    super();
    this.#office = office;
  }

  /** The subscription of a channel, if there is one. */
  of(channel: Channel): Subscription | null {
    return this.told.subscriptions.find((subscription) => subscription.channel === channel) ?? null;
  }

  /** Finds out what there is; where that cannot be had, no message is all there is to choose. */
  async load(): Promise<void> {
    await this.#doing(async () => {
      this.told = await this.#office.notices();
    });
  }

  /** Chooses how to be told; subscribes where that was not done yet. */
  async want(channel: Channel | null): Promise<void> {
    const before = this.wanted;
    this.wanted = channel;
    this.changed();
    if (channel === null || this.of(channel) !== null) return;
    const done = await this.#doing(async () => {
      this.told = await this.#office.subscribe(channel);
    });
    if (done || this.wanted !== channel) return;
    this.wanted = before;
    this.changed();
  }

  /** Ends every subscription. */
  async end(): Promise<void> {
    await this.#doing(async () => {
      await this.#office.unsubscribe();
      this.told = { ...this.told, subscriptions: [] };
      this.wanted = null;
    });
  }

  async #doing(act: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    this.changed();
    try {
      await act();
      return true;
    } catch (problem) {
      this.problem = problem;
      return false;
    } finally {
      this.busy = false;
      this.changed();
    }
  }
}
