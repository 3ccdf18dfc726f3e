/**
 * Whether the public gallery has photos where the user's own view has none: a link may have been meant for it.
 */
import { Observable } from "../core/observable.ts";
import type { Page } from "./photo-list.ts";
import { isSameView, type View, withScope } from "./view.ts";

export class PublicMatches extends Observable {
  readonly #fetch: (view: View) => Promise<Page>;
  /** The empty view that was last checked. */
  #checked: View | null = null;

  /** The public view that has photos; null if there is none, or none is needed. */
  view: View | null = null;

  /** `fetch` requests at least one photo of a view. */
  constructor(fetch: (view: View) => Promise<Page>) {
    super();
    this.#fetch = fetch;
  }

  /** Checks the public gallery if the view is the user's own and empty; once per view. */
  async update(view: View, isEmpty: boolean): Promise<void> {
    if (!isEmpty || view.scope !== "mine" || view.state !== "ready" || view.album !== null) {
      this.#checked = null;
      this.#setView(null);
      return;
    }
    if (this.#checked !== null && isSameView(this.#checked, view)) return;
    this.#checked = view;
    this.#setView(null);
    const other = withScope(view, "public");
    // Without the filters of own photos it would be another search.
    if (!isSameView(withScope(other, "mine"), view)) return;
    const found = await this.#fetch(other).catch(() => null);
    if (this.#checked === view && found !== null && found.items.length > 0) this.#setView(other);
  }

  #setView(view: View | null): void {
    if (this.view === view) return;
    this.view = view;
    this.notifyWatchers();
  }
}
