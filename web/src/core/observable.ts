/**
 * The base class of state that can be watched for changes.
 */

export abstract class Observable {
  readonly #watchers = new Set<() => void>();

  /** Calls `watcher` after every change; the returned function removes it. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  protected notifyWatchers(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
