/**
 * A clock for tests: time passes only when told to, and whatever falls due happens in order.
 */
import type { Clock } from "../core/clock.ts";

interface Timer {
  at: number;
  act: () => void;
}

export class FakeClock implements Clock {
  #now = 0;
  #timers: Timer[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, act: () => void): () => void {
    const alarm = { at: this.#now + milliseconds, act };
    this.#timers.push(alarm);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== alarm);
    };
  }

  /** Lets `milliseconds` pass, and the promises of everything that fell due settle. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await flushPromises();
    for (let alarm = this.#next(end); alarm !== undefined; alarm = this.#next(end)) {
      this.#now = alarm.at;
      this.#timers = this.#timers.filter((other) => other !== alarm);
      alarm.act();
      await flushPromises();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    return this.#timers.filter((alarm) => alarm.at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** Resolves when promises that were ready have had their turn. */
export async function flushPromises(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
