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

export interface Notifications {
  readonly subscriptions: readonly Subscription[];
  /** Those that could be used. */
  readonly channels: readonly Channel[];
}

/** The library's part. */
export interface NotificationApi {
  getNotifications(): Promise<Notifications>;
  subscribe(channel: Channel): Promise<Notifications>;
  unsubscribe(): Promise<void>;
}

const EMPTY: Notifications = { subscriptions: [], channels: [] };

export class NotificationSettings extends Observable {
  readonly #api: NotificationApi;

  notifications: Notifications = EMPTY;
  /** What the person wants for what they order next; null is no message. */
  selected: Channel | null = null;
  /** What went wrong last, or null. */
  error: unknown = null;
  busy = false;

  constructor(office: NotificationApi) {
    super();
    this.#api = office;
  }

  /** The subscription of a channel, if there is one. */
  subscriptionFor(channel: Channel): Subscription | null {
    return this.notifications.subscriptions.find((subscription) => subscription.channel === channel) ?? null;
  }

  /** Finds out what there is; where that cannot be had, no message is all there is to choose. */
  async load(): Promise<void> {
    await this.#run(async () => {
      this.notifications = await this.#api.getNotifications();
    });
  }

  /** Chooses how to be told; subscribes where that was not done yet. */
  async select(channel: Channel | null): Promise<void> {
    const before = this.selected;
    this.selected = channel;
    this.notifyWatchers();
    if (channel === null || this.subscriptionFor(channel) !== null) return;
    const done = await this.#run(async () => {
      this.notifications = await this.#api.subscribe(channel);
    });
    if (done || this.selected !== channel) return;
    this.selected = before;
    this.notifyWatchers();
  }

  /** Ends every subscription. */
  async turnOff(): Promise<void> {
    await this.#run(async () => {
      await this.#api.unsubscribe();
      this.notifications = { ...this.notifications, subscriptions: [] };
      this.selected = null;
    });
  }

  async #run(act: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.error = null;
    this.notifyWatchers();
    try {
      await act();
      return true;
    } catch (problem) {
      this.error = problem;
      return false;
    } finally {
      this.busy = false;
      this.notifyWatchers();
    }
  }
}
