/**
 * Answers that tests give when they choose to, in the order they choose.
 */

export class Deferred<Answer> {
  readonly promise: Promise<Answer>;
  resolve!: (answer: Answer) => void;
  reject!: (problem: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}
