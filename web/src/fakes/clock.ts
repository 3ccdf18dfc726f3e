/**
 * A clock for tests: time passes only when told to, and whatever falls due happens in order.
 */
import type { Clock } from "../core/clock.ts";

interface Alarm {
  at: number;
  act: () => void;
}

export class FakeClock implements Clock {
  #now = 0;
  #alarms: Alarm[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, act: () => void): () => void {
    const alarm = { at: this.#now + milliseconds, act };
    this.#alarms.push(alarm);
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
    };
  }

  /** Lets `milliseconds` pass, and the promises of everything that fell due settle. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    await settled();
    for (let alarm = this.#next(end); alarm !== undefined; alarm = this.#next(end)) {
      this.#now = alarm.at;
      this.#alarms = this.#alarms.filter((other) => other !== alarm);
      alarm.act();
      await settled();
    }
    this.#now = end;
  }

  #next(end: number): Alarm | undefined {
    return this.#alarms.filter((alarm) => alarm.at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

/** Resolves when promises that were ready have had their turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
