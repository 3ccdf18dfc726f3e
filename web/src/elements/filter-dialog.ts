/**
 * The dialog with all filters of the search. Loaded when it is first opened.
 */
import "../styles/filter-dialog.css";

import { html, nothing, type TemplateResult } from "lit";

import { strings } from "../i18n/common.ts";
import { filterStrings } from "../i18n/filters.ts";
import type { Chip } from "../state/chips.ts";
import { type FilterFields, filterFields, filteredView } from "../state/filter-form.ts";
import type { Match, View } from "../state/view.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

/** Names to choose from; each is fetched when the dialog opens. */
export interface FilterNames {
  readonly places: () => Promise<readonly string[]>;
  readonly cameras: () => Promise<readonly string[]>;
}

/** The fields that the filters are edited in. */
const FIELDS: Readonly<Partial<Record<Chip["kind"], keyof FilterFields>>> = {
  word: "words",
  tag: "tags",
  excluded: "excluded",
  dates: "from",
  place: "place",
  camera: "camera",
  rating: "rating",
  favorite: "favorite",
};

const RATINGS = [0, 1, 2, 3, 4, 5];

/** Opens the dialog with the filters of a view, the field of one of them focused; `search` gets the view once they are applied. */
export function openFilterDialog(view: View, focused: Chip["kind"] | null, names: FilterNames, search: (view: View) => void): void {
  defineOnce("tintype-filter-dialog", FilterDialog);
  openDialog(new FilterDialog(view, focused, names, search));
}

type NameLists = Readonly<Record<keyof FilterNames, readonly string[]>>;

class FilterDialog extends ModalDialog {
  static override properties = { names: { state: true } };
  declare names: NameLists;
  readonly #view: View;
  readonly #focused: Chip["kind"] | null;
  readonly #source: FilterNames;
  readonly #search: (view: View) => void;

  constructor(view: View, focused: Chip["kind"] | null, source: FilterNames, search: (view: View) => void) {
    super([], () => undefined);
    this.#view = view;
    this.#focused = focused;
    this.#source = source;
    this.#search = search;
    this.names = { places: [], cameras: [] };
  }

  /** Names are optional: without them the fields are typed. */
  protected override load(): void {
    const field = this.#focused === null ? null : (FIELDS[this.#focused] ?? null);
    if (field !== null) void this.focusOn(`[name=${field}]`);
    const isOwn = this.#view.scope === "mine";
    const load = (kind: keyof FilterNames) => {
      this.#source[kind]().then(
        (names) => {
          this.names = { ...this.names, [kind]: names };
        },
        () => undefined,
      );
    };
    if (isOwn) for (const kind of ["places", "cameras"] as const) load(kind);
  }

  protected override render(): TemplateResult {
    const fields = filterFields(this.#view);
    const isOwn = this.#view.scope === "mine";
    return this.renderDialog({
      name: "filter-dialog",
      title: filterStrings.title,
      closeLabel: filterStrings.close,
      content: html`<form @submit=${this.#submitted}>
        ${this.#text("words", filterStrings.words, fields.words, { hint: isOwn ? filterStrings.wordsHint : filterStrings.publicWordsHint })}
        <div class="filter-fields">
          ${this.#text("tags", filterStrings.tags, fields.tags, { hint: filterStrings.tagsHint })}
          ${this.#text("excluded", filterStrings.excluded, fields.excluded)}
        </div>
        ${this.#match(fields.match)}
        <fieldset>
          <legend>${filterStrings.dates}</legend>
          <div class="filter-fields">
            ${day("from", filterStrings.from, fields.from)} ${day("to", filterStrings.to, fields.to)}
            ${this.#text("year", filterStrings.year, fields.year, { numeric: true })}
          </div>
          <p class="hint">${filterStrings.datesHint}</p>
        </fieldset>
        ${
          isOwn
            ? html`<div class="filter-fields">
                ${this.#text("place", filterStrings.place, fields.place, { names: this.names.places })}
                ${this.#text("camera", filterStrings.camera, fields.camera, { names: this.names.cameras })} ${rating(fields.rating)}
              </div>
              <label class="filter-switch">
                <input type="checkbox" name="favorite" .checked=${fields.favorite} /><span>${filterStrings.favorites}</span>
              </label>`
            : html`<p class="hint">${filterStrings.ownOnly}</p>`
        }
        <div class="dialog-actions">
          <button class="button quiet" type="button" @click=${this.#clear}>${filterStrings.clear}</button>
          <button class="button quiet" type="button" @click=${this.#cancel}>${strings.cancel}</button>
          <button class="button primary">${filterStrings.apply}</button>
        </div>
      </form>`,
    });
  }

  #text(
    name: keyof FilterFields,
    label: string,
    value: string,
    { hint = "", names = [], numeric = false }: { hint?: string; names?: readonly string[]; numeric?: boolean } = {},
  ): TemplateResult {
    const hintId = `filter-${name}-hint`;
    return html`<div>
      <label class="field">
        <span>${label}</span>
        <input
          type="text"
          name=${name}
          maxlength="500"
          autocomplete="off"
          autocapitalize="none"
          spellcheck="false"
          inputmode=${numeric ? "numeric" : "text"}
          pattern=${numeric ? "(18|19|20)[0-9]{2}" : nothing}
          list=${names.length > 0 ? `filter-${name}` : nothing}
          aria-describedby=${hint === "" ? nothing : hintId}
          .value=${value}
        />
      </label>
      ${hint === "" ? nothing : html`<p class="hint" id=${hintId}>${hint}</p>`}
      ${names.length > 0 ? html`<datalist id="filter-${name}">${names.map((each) => html`<option value=${each}></option>`)}</datalist>` : nothing}
    </div>`;
  }

  #match(match: Match): TemplateResult {
    const choice = (value: Match, label: string) => html`<label>
      <input type="radio" name="match" value=${value} .checked=${match === value} /><span>${label}</span>
    </label>`;
    return html`<fieldset class="filter-match">
      <legend>${filterStrings.match}</legend>
      ${choice("all", filterStrings.matchAll)}${choice("any", filterStrings.matchAny)}
    </fieldset>`;
  }

  #submitted = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const read = (name: keyof FilterFields) => (data.get(name) ?? "") as string;
    const fields: FilterFields = {
      words: read("words"),
      tags: read("tags"),
      match: read("match") === "any" ? "any" : "all",
      excluded: read("excluded"),
      from: read("from"),
      to: read("to"),
      year: read("year"),
      place: read("place"),
      camera: read("camera"),
      rating: read("rating") || "0",
      favorite: data.has("favorite"),
    };
    this.close();
    this.#search(filteredView(this.#view, fields));
  };

  #clear = (): void => {
    for (const input of this.querySelectorAll<HTMLInputElement>("input")) {
      if (input.type === "radio") input.checked = input.value === "all";
      else if (input.type === "checkbox") input.checked = false;
      else input.value = "";
    }
    const select = this.querySelector("select");
    if (select !== null) select.value = "0";
  };

  #cancel = (): void => {
    this.close();
  };
}

function day(name: "from" | "to", label: string, value: string): TemplateResult {
  return html`<label class="field">
    <span>${label}</span>
    <input type="date" name=${name} min="0001-01-01" max="9999-12-31" .value=${value} />
  </label>`;
}

function rating(value: string): TemplateResult {
  return html`<label class="field">
    <span>${filterStrings.rating}</span>
    <select name="rating">
      ${RATINGS.map(
        (each) => html`<option value=${each} .selected=${String(each) === value}>
          ${each === 0 ? filterStrings.anyRating : filterStrings.stars(each)}
        </option>`,
      )}
    </select>
  </label>`;
}
