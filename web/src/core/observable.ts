/**
 * What every state module shares: others may watch it, and hear when it changed.
 */

export abstract class Observable {
  readonly #watchers = new Set<() => void>();

  /** Calls `watcher` after every change; the returned function stops that. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  protected notifyWatchers(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
