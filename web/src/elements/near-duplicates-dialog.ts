/**
 * The dialog for reviewing near-duplicates: which photos of each group to keep. Loaded when it is first opened.
 */
import "../styles/near-duplicates-dialog.css";

import { html, nothing, type TemplateResult } from "lit";

import { formatBytes, formatDate, formatDateTime } from "../i18n/format.ts";
import { nearDuplicateStrings } from "../i18n/near-duplicates.ts";
import { type NearDuplicateApi, type NearDuplicateGroup, NearDuplicates, isReviewed, othersOf } from "../state/near-duplicates.ts";
import { type Photo, sortedAt } from "../state/photo.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

/** Opens the dialog; `onChanged` is called with changed photos, `onClose` once it is closed. */
export function openNearDuplicatesDialog(
  api: NearDuplicateApi,
  onChanged: (photos: readonly Photo[]) => void,
  onClose: () => void,
): NearDuplicatesDialog {
  defineOnce("tintype-near-duplicates-dialog", NearDuplicatesDialog);
  return openDialog(new NearDuplicatesDialog(new NearDuplicates(api, onChanged), onClose));
}

export class NearDuplicatesDialog extends ModalDialog {
  static override properties = { announcement: { state: true } };
  /** For screen readers: an open dialog hides the page's own status. */
  declare announcement: string;
  readonly #duplicates: NearDuplicates;

  constructor(duplicates: NearDuplicates, onClose: () => void) {
    super([duplicates], onClose);
    this.#duplicates = duplicates;
    this.announcement = "";
  }

  protected override load(): void {
    void this.#duplicates.load();
  }

  protected override reload(): void {
    if (this.#duplicates.status === "failed") this.load();
  }

  protected override render(): TemplateResult {
    return this.renderDialog({
      name: "near-duplicates-dialog",
      title: nearDuplicateStrings.title,
      closeLabel: nearDuplicateStrings.close,
      content: html`<p class="muted">${nearDuplicateStrings.hint}</p>
        ${this.#duplicates.groups.length === 0 ? nothing : this.#groups()} ${this.#status()}
        <p class="visually-hidden" role="status">${this.announcement}</p>`,
    });
  }

  #groups(): TemplateResult {
    const { groups, copiesTags } = this.#duplicates;
    return html`<label class="near-duplicates-tags">
        <input type="checkbox" .checked=${copiesTags} @change=${this.#copiesTagsChanged} />
        ${nearDuplicateStrings.copyTags}
      </label>
      <ul class="near-duplicate-groups" role="list">
        ${keyedList(
          groups,
          ({ id }) => id,
          (group) => html`<li data-group=${group.id}>${this.#group(group)}</li>`,
        )}
      </ul>`;
  }

  #group(group: NearDuplicateGroup): TemplateResult {
    const titleId = `near-duplicates-${group.id}`;
    const title = nearDuplicateStrings.group(group.photos.length, formatDate(newest(group)));
    const moved = group.photos.filter(({ state }) => state === "trashed").length;
    return html`<div role="group" aria-labelledby=${titleId} aria-busy=${this.#duplicates.busy === group.id ? "true" : "false"}>
      <h3 id=${titleId} tabindex="-1">${title}</h3>
      <ul class="near-duplicates" role="list">${group.photos.map((photo) => this.#photo(group, photo))}</ul>
      ${group.error === null ? nothing : html`<p class="hint" role="alert">${group.error}</p>`}
      <p class="near-duplicates-actions">${isReviewed(group) ? this.#undo(group, moved) : this.#choices(group)}</p>
    </div>`;
  }

  #photo(group: NearDuplicateGroup, photo: Photo): TemplateResult {
    const { photo_id: id, filename, width, height, bytes, image_url: view, small_url: small, thumbnail_url: thumbnail } = photo;
    const reviewed = isReviewed(group);
    const keep = reviewed ? photo.state !== "trashed" : group.keep.has(id);
    const image = small ?? thumbnail;
    return html`<li>
      <label class="near-duplicate" ?data-trashed=${photo.state === "trashed"}>
        <input
          class="visually-hidden"
          type="checkbox"
          aria-label=${nearDuplicateStrings.keepNamed(filename)}
          .checked=${keep}
          ?disabled=${reviewed || this.#duplicates.busy !== null}
          @change=${() => {
            this.#duplicates.toggle(group, id);
          }}
        />
        ${image === null ? nothing : html`<img src=${image} alt="" loading="lazy" />`}
        <span class="near-duplicate-choice" aria-hidden="true">
          ${keep ? html`${icons.check}${nearDuplicateStrings.keep}` : html`${icons.trash}${nearDuplicateStrings.trash}`}
        </span>
      </label>
      <p class="near-duplicate-name">${filename}</p>
      <p class="muted">
        ${nearDuplicateStrings.details(width ?? 0, height ?? 0, formatBytes(bytes ?? 0))}
        ${id === group.id ? html`<span class="near-duplicate-suggested">${nearDuplicateStrings.suggested}</span>` : nothing}
      </p>
      ${view === null ? nothing : html`<a href=${view} target="_blank" rel="noopener" aria-label=${nearDuplicateStrings.viewNamed(filename)}>${nearDuplicateStrings.view}</a>`}
    </li>`;
  }

  #choices(group: NearDuplicateGroup): TemplateResult {
    const others = othersOf(group).length;
    const move = html`<button class="button" type="button" aria-disabled=${this.#busy} @click=${() => void this.#moveClicked(group)}>
      ${icons.trash}${group.keep.size === 0 ? nearDuplicateStrings.moveAll(others) : nearDuplicateStrings.move(others)}
    </button>`;
    return html`${others === 0 ? nothing : move}
      <button class="button quiet" type="button" aria-disabled=${this.#busy} @click=${() => void this.#keepAllClicked(group)}>
        ${icons.check}${nearDuplicateStrings.keepAll}
      </button>`;
  }

  #undo(group: NearDuplicateGroup, moved: number): TemplateResult {
    return html`<span>${moved > 0 ? nearDuplicateStrings.moved(moved) : nearDuplicateStrings.allStay}</span>
      <button class="button" type="button" aria-disabled=${this.#busy} @click=${() => void this.#undoClicked(group)}>
        ${icons.restore}${nearDuplicateStrings.undo}
      </button>`;
  }

  /** Renders what is loading, has failed, or is left to load. */
  #status(): TemplateResult | typeof nothing {
    const { status, groups, asOf, error, hasMore } = this.#duplicates;
    if (status === "loading") return html`<p class="hint" role="status">${nearDuplicateStrings.loading}</p>`;
    if (status === "failed") return this.renderLoadError(error, this.#loadClicked);
    if (hasMore)
      return html`<div class="dialog-actions"><button class="button" type="button" @click=${this.#loadClicked}>${nearDuplicateStrings.more}</button></div>`;
    if (asOf === null) return html`<p class="hint">${nearDuplicateStrings.notCompared}</p>`;
    return html`${groups.length === 0 ? html`<p class="hint">${nearDuplicateStrings.empty}</p>` : nothing}
      <p class="hint">${nearDuplicateStrings.comparedAt(formatDateTime(Date.parse(asOf)))}</p>`;
  }

  get #busy(): "true" | "false" {
    return this.#duplicates.busy === null ? "false" : "true";
  }

  #copiesTagsChanged = (event: Event): void => {
    this.#duplicates.setCopiesTags((event.target as HTMLInputElement).checked);
  };

  #loadClicked = (): void => {
    const next = this.#duplicates.groups.length;
    void this.#duplicates.load().then(() => {
      const group = this.#duplicates.groups[next];
      void this.focusOn(group === undefined ? "#near-duplicates-dialog-title" : `[data-group="${group.id}"] h3`);
    });
  };

  async #moveClicked(group: NearDuplicateGroup): Promise<void> {
    const others = othersOf(group).length;
    if (await this.#duplicates.moveToTrash(group)) this.announcement = nearDuplicateStrings.moved(others);
    await this.focusOn(`[data-group="${group.id}"] .near-duplicates-actions button`);
  }

  async #keepAllClicked(group: NearDuplicateGroup): Promise<void> {
    if (await this.#duplicates.keepAll(group)) this.announcement = nearDuplicateStrings.allStay;
    await this.focusOn(`[data-group="${group.id}"] .near-duplicates-actions button`);
  }

  async #undoClicked(group: NearDuplicateGroup): Promise<void> {
    if (await this.#duplicates.undo(group)) this.announcement = nearDuplicateStrings.undone;
    await this.focusOn(`[data-group="${group.id}"] .near-duplicates-actions button`);
  }
}

function newest({ photos }: NearDuplicateGroup): number {
  return Math.max(...photos.map(sortedAt));
}
