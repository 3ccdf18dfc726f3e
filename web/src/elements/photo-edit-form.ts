/**
 * The form that edits a photo's visibility, tags, file name, label, weight and date.
 */
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";

import { strings } from "../i18n/common.ts";
import { formatTag } from "../i18n/format.ts";
import { viewerStrings } from "../i18n/viewer.ts";
import type { Completions } from "../state/completions.ts";
import { keepExtension } from "../state/filenames.ts";
import { type PhotoUpdate, type PhotoEditor, type PhotoField, parseWeight } from "../state/photo-editor.ts";
import type { Visibility } from "../state/photo.ts";
import { isSameTag } from "../state/search-terms.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { defineOnce, PageElement } from "./page-element.ts";
import { PhotoDateForm } from "./photo-date-form.ts";
import { TagField } from "./tag-field.ts";

export interface PhotoEditHandlers {
  readonly completions: Completions;
  /** Shows the photos of a tag. */
  readonly openTag: (tag: string) => void;
}

export function definePhotoEditForm(): void {
  defineOnce("tintype-tag-field", TagField);
  defineOnce("tintype-photo-date-form", PhotoDateForm);
  defineOnce("tintype-photo-edit-form", PhotoEditForm);
}

export class PhotoEditForm extends PageElement {
  static override properties = { editor: { attribute: false }, handlers: { attribute: false } };
  declare editor: PhotoEditor;
  declare handlers: PhotoEditHandlers;
  #watchedEditor: PhotoEditor | null = null;
  /** The last input, which stays in its field if the API rejects it. */
  #rejectedInput = "";
  #stopWatching: () => void = () => undefined;

  override disconnectedCallback(): void {
    this.#stopWatching();
    this.#watchedEditor = null;
    super.disconnectedCallback();
  }

  protected override willUpdate(): void {
    if (this.#watchedEditor === this.editor) return;
    this.#stopWatching();
    this.#watchedEditor = this.editor;
    this.#stopWatching = this.editor.watch(() => {
      this.requestUpdate();
    });
  }

  protected override render(): TemplateResult {
    const { photo, hasConflict, error, isSaving } = this.editor;
    return html`
      <p class="edit-status" role="status">
        ${hasConflict ? html`<span class="edit-conflict">${viewerStrings.conflict}</span>` : isSaving ? viewerStrings.saving : nothing}
      </p>
      ${error?.field === null ? html`<p class="hint" role="alert">${error.message}</p>` : nothing}
      <h3 id="edit-visibility">${viewerStrings.visibleTo}</h3>
      <div class="segments" role="group" aria-labelledby="edit-visibility">
        ${this.#visibility("private", viewerStrings.onlyYou)}${this.#visibility("public", viewerStrings.everyone)}
      </div>
      ${this.#fieldError("status")}
      <h3>${viewerStrings.tags}</h3>
      ${
        photo.tags.length > 0
          ? html`<ul class="info-tags" role="list">
            ${keyedList(
              photo.tags,
              (tag) => tag,
              (tag) => this.#tag(tag),
            )}
          </ul>`
          : nothing
      }
      <tintype-tag-field
        .label=${viewerStrings.addTags}
        .currentTags=${photo.tags}
        .completions=${this.handlers.completions}
        .addTags=${this.#addTags}
      ></tintype-tag-field>
      ${this.#fieldError("tags")}
      ${this.#field("filename", viewerStrings.filename, photo.filename)}
      ${this.#field("label", viewerStrings.label, photo.label ?? "", viewerStrings.labelHint)}
      ${this.#field("weight", viewerStrings.weight, String(photo.weight), viewerStrings.weightHint)}
      ${keyed(
        photo.photo_id,
        html`<tintype-photo-date-form
          .editor=${this.editor}
          .photo=${photo}
          .error=${error?.field === "taken_local" || error?.field === "offset" ? error.message : null}
        ></tintype-photo-date-form>`,
      )}
    `;
  }

  #visibility(status: Visibility, label: string): TemplateResult {
    return html`<button
      type="button"
      aria-pressed=${this.editor.photo.status === status ? "true" : "false"}
      @click=${() => {
        if (this.editor.photo.status !== status) void this.editor.edit(() => ({ status }));
      }}
    >
      ${label}
    </button>`;
  }

  #tag(tag: string): TemplateResult {
    const name = formatTag(tag);
    return html`<li>
      <button
        type="button"
        aria-label=${viewerStrings.searchTag(name)}
        @click=${() => {
          this.handlers.openTag(tag);
        }}
      >
        ${name}</button
      ><button type="button" class="remove-tag" aria-label=${strings.removeFilter(name)} @click=${() => void this.#removeTag(tag)}>
        ${icons.close}
      </button>
    </li>`;
  }

  #field(field: "filename" | "label" | "weight", label: string, value: string, hint = ""): TemplateResult {
    const wrong = this.editor.error?.field === field;
    return html`<label class="field">
        <span>${label}</span>
        <input
          name=${field}
          autocomplete="off"
          inputmode=${field === "weight" ? "decimal" : "text"}
          .value=${wrong ? this.#rejectedInput : value}
          aria-invalid=${wrong ? "true" : "false"}
          aria-describedby="details-${field}"
          @change=${this.#inputChanged}
          @keydown=${this.#keyPressed}
        />
      </label>
      <p class="hint" id="details-${field}" role=${wrong ? "alert" : nothing}>${wrong ? this.editor.error?.message : hint}</p>`;
  }

  #fieldError(field: PhotoField): TemplateResult | typeof nothing {
    const { error } = this.editor;
    return error?.field === field ? html`<p class="hint" role="alert">${error.message}</p>` : nothing;
  }

  #addTags = (tags: readonly string[]): Promise<boolean> =>
    this.editor.edit((photo) => ({
      tags: [...photo.tags, ...tags.filter((tag) => !photo.tags.some((other) => isSameTag(tag, other)))],
    }));

  /** Removes a tag and focuses the next one, or the field if there is none. */
  async #removeTag(tag: string): Promise<void> {
    const index = this.editor.photo.tags.indexOf(tag);
    const removing = this.editor.edit((photo) => ({ tags: photo.tags.filter((other) => !isSameTag(tag, other)) }));
    await this.updateComplete;
    const rest = this.querySelectorAll<HTMLElement>(".remove-tag");
    (rest[Math.min(index, rest.length - 1)] ?? this.querySelector<HTMLElement>("input"))?.focus();
    await removing;
  }

  #inputChanged = (event: Event): void => {
    const { name, value } = event.target as HTMLInputElement;
    this.#rejectedInput = value;
    const change = parseChange(name, value, this.editor.photo.filename);
    if (change === null) this.editor.reject("weight", viewerStrings.weightHint);
    else void this.editor.edit(() => change);
  };

  /** Escape restores the field's saved value. */
  #keyPressed = (event: KeyboardEvent): void => {
    const input = event.target as HTMLInputElement;
    const { photo } = this.editor;
    const known = String(photo[input.name as "filename" | "label" | "weight"] ?? "");
    if (event.key !== "Escape" || input.value === known) return;
    event.stopPropagation();
    input.value = known;
  };
}

function parseChange(name: string, value: string, filename: string): PhotoUpdate | null {
  if (name === "filename") return { filename: keepExtension(value, filename) };
  if (name === "label") return { label: value.trim() };
  const weight = parseWeight(value);
  return weight === null ? null : { weight };
}
