/**
 * The user's notification settings: no message, or a message to an address that the sign-in has verified.
 */
import type { components } from "../api/schema.d.ts";
import { Observable } from "../core/observable.ts";
import type { PreferenceStorage } from "../core/preference-storage.ts";

export type Notifications = components["schemas"]["Notifications"];
export type Subscription = Notifications["subscriptions"][number];
export type Channel = Subscription["channel"];
export const CHANNELS: readonly Channel[] = ["email", "sms"];

/** The API routes for notifications. */
export interface NotificationApi {
  getNotifications(): Promise<Notifications>;
  subscribe(channel: Channel): Promise<Notifications>;
  unsubscribe(): Promise<void>;
}

/** Where the browser stores the channel of the last bundle. */
const STORAGE_KEY = "tintype.notification-channel";
const EMPTY: Notifications = { subscriptions: [], channels: [] };

export class NotificationSettings extends Observable {
  readonly #api: NotificationApi;
  readonly #storage: PreferenceStorage;

  notifications: Notifications = EMPTY;
  /** The channel for the next bundle; null is no message. */
  selected: Channel | null = null;
  /** The last error, or null. */
  error: unknown = null;
  busy = false;

  constructor(api: NotificationApi, storage: PreferenceStorage) {
    super();
    this.#api = api;
    this.#storage = storage;
  }

  /** The subscription of a channel, or null. */
  subscriptionFor(channel: Channel): Subscription | null {
    return this.notifications.subscriptions.find((subscription) => subscription.channel === channel) ?? null;
  }

  /** The addresses that a message is sent to: all confirmed ones, whichever channel is selected. */
  get recipients(): readonly Subscription[] {
    return this.selected === null ? [] : this.notifications.subscriptions.filter(({ state }) => state === "confirmed");
  }

  /** Loads the subscriptions and selects the channel chosen last, if the user is still subscribed to it. */
  async load(): Promise<void> {
    await this.#run(async () => {
      this.notifications = await this.#api.getNotifications();
      const stored = this.#storage.getItem(STORAGE_KEY);
      this.selected ??= CHANNELS.find((channel) => channel === stored && this.subscriptionFor(channel) !== null) ?? null;
    });
  }

  /** Selects a channel for this bundle and later ones, and subscribes to it if needed. */
  async select(channel: Channel | null): Promise<void> {
    const before = this.selected;
    this.selected = channel;
    this.notifyWatchers();
    if (channel !== null && this.subscriptionFor(channel) === null) {
      const done = await this.#run(async () => {
        this.notifications = await this.#api.subscribe(channel);
      });
      if (this.selected !== channel) return;
      if (!done) this.selected = before;
      this.notifyWatchers();
    }
    this.#store();
  }

  /** Ends all subscriptions. */
  async turnOff(): Promise<void> {
    await this.#run(async () => {
      await this.#api.unsubscribe();
      this.notifications = { ...this.notifications, subscriptions: [] };
      this.selected = null;
      this.#store();
    });
  }

  #store(): void {
    if (this.selected === null) this.#storage.removeItem(STORAGE_KEY);
    else this.#storage.setItem(STORAGE_KEY, this.selected);
  }

  async #run(action: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.error = null;
    this.notifyWatchers();
    try {
      await action();
      return true;
    } catch (error) {
      this.error = error;
      return false;
    } finally {
      this.busy = false;
      this.notifyWatchers();
    }
  }
}
