/**
 * Tag suggestions below a text field: chosen with the arrow keys or the pointer, closed with Escape.
 */
import type Navigation from "@github/combobox-nav";
import { html, type ReactiveController, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { formatNumber } from "../i18n/format.ts";
import type { Completion } from "../state/completions.ts";
import { keyedList } from "./keyed-list.ts";
import type { PageElement } from "./page-element.ts";

export interface ComboboxOptions {
  /** The id of the list; the field refers to it with `aria-controls`. */
  readonly listId: string;
  readonly suggestions: () => readonly Completion[];
  readonly onChoose: (tag: string) => void;
}

export class TagCombobox implements ReactiveController {
  readonly #host: PageElement;
  readonly #options: ComboboxOptions;
  #navigation: Navigation | null = null;
  #listedTags = "";
  #open = false;

  constructor(host: PageElement, options: ComboboxOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** Whether there may be suggestions: text is being typed, and they were not closed. */
  get open(): boolean {
    return this.#open;
  }

  set open(open: boolean) {
    this.#open = open;
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#navigation?.stop();
  }

  /** Restarts the navigation for every new list: a position in the previous one means nothing. */
  hostUpdated(): void {
    const listed = this.open
      ? this.#options
          .suggestions()
          .map(({ tag_name: tag }) => tag)
          .join()
      : "";
    if (listed === this.#listedTags) return;
    this.#listedTags = listed;
    this.#navigation?.stop();
    if (listed === "") return;
    this.#navigation?.start();
    this.#list?.scrollIntoView({ block: "nearest" });
  }

  /** Loads the keyboard navigation; the field works without it. */
  readonly load = (): void => {
    this.#load().catch(() => undefined);
  };

  readonly close = (): void => {
    this.open = false;
  };

  /** Escape closes the suggestions and nothing else. */
  readonly keyPressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || !this.#isVisible) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  };

  /** Renders the list; `prefix` precedes each tag. */
  render(prefix: unknown): TemplateResult {
    const { listId, suggestions } = this.#options;
    return html`<ul
      class="suggestions"
      id=${listId}
      role="listbox"
      aria-label=${strings.suggestions}
      ?hidden=${!this.#isVisible}
      @mousedown=${keepFocus}
      @combobox-commit=${this.#choose}
    >
      ${keyedList(
        suggestions(),
        ({ tag_name: tag }) => tag,
        ({ tag_name: tag, count }, index) => html`<li role="option" id="${listId}-${index}" data-tag=${tag}>
          <span>${prefix}${tag}</span> <span class="muted" aria-label=${strings.photos(count)}>${formatNumber(count)}</span>
        </li>`,
      )}
    </ul>`;
  }

  get #isVisible(): boolean {
    return this.open && this.#options.suggestions().length > 0;
  }

  get #list(): HTMLElement | null {
    return this.#host.querySelector<HTMLElement>(`#${this.#options.listId}`);
  }

  async #load(): Promise<void> {
    const { default: Combobox } = await import("@github/combobox-nav");
    const [input, list] = [this.#host.querySelector("input"), this.#list];
    if (this.#navigation !== null || input === null || list === null) return;
    this.#navigation = new Combobox(input, list, { tabInsertsSuggestions: false });
    if (this.#listedTags !== "") this.#navigation.start();
  }

  readonly #choose = ({ target }: Event): void => {
    const tag = target instanceof HTMLElement ? target.dataset.tag : undefined;
    if (tag !== undefined) this.#options.onChoose(tag);
  };
}

/** Keeps the focus in the field while a suggestion is pressed. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}
