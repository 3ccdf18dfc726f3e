/**
 * Answers that tests give when they choose to, in the order they choose.
 */

export class Pending<Answer> {
  readonly promise: Promise<Answer>;
  answer!: (answer: Answer) => void;
  fail!: (problem: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.answer = resolve;
      this.fail = reject;
    });
  }
}
