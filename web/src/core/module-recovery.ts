/**
 * Tells when parts of the page that could not be loaded can be: it makes small requests until one succeeds, short after another
 * at first, then every half minute.
 */
import { Backoff } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import { browserNetwork, type NetworkStatus } from "./network-status.ts";
import { Observable } from "./observable.ts";

const DELAYS = [2, 5, 10, 20, 30].map((seconds) => seconds * 1000);

export class ModuleRecovery extends Observable {
  readonly #clock: Clock;
  readonly #network: Pick<NetworkStatus, "probe">;
  readonly #backoff = new Backoff(DELAYS);
  #isWaiting = false;

  constructor(clock: Clock, network: Pick<NetworkStatus, "probe">) {
    super();
    this.#clock = clock;
    this.#network = network;
  }

  /** A part of the page could not be requested: notifies the watchers once it can be. */
  start(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#backoff.reset();
    this.#schedule();
  }

  #schedule(): void {
    this.#clock.after(this.#backoff.next(), () => {
      this.#network.probe().then(
        () => {
          this.#isWaiting = false;
          this.notifyWatchers();
        },
        () => {
          this.#schedule();
        },
      );
    });
  }
}

export const moduleRecovery = new ModuleRecovery(systemClock, browserNetwork);
