/**
 * The dialog for downloads: which photos go into a bundle, and the bundles so far. Loaded when it is first opened.
 */
import "../styles/bundle-dialog.css";

import { html, nothing, type TemplateResult } from "lit";

import { deviceStorage } from "../core/browser-storage.ts";
import { systemClock } from "../core/clock.ts";
import { announceBundle, bundleStrings, describeDays, summarizeRequest } from "../i18n/bundles.ts";
import { explain, strings } from "../i18n/common.ts";
import { formatNumber } from "../i18n/format.ts";
import { BundleDraft } from "../state/bundle-draft.ts";
import { type Bundle, type BundleApi, type BundleRequest, Bundles, isInProgress, type Label, type Variant } from "../state/bundles.ts";
import { type NotificationApi, NotificationSettings } from "../state/notifications.ts";
import type { Match } from "../state/view.ts";
import { renderBundleList } from "./bundle-list.ts";
import { renderDays, renderSourceChoice } from "./bundle-source.ts";
import { CANCEL_BUTTON, renderConfirmPrompt } from "./confirm-prompt.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { renderNotificationChoice } from "./notification-choice.ts";
import { defineOnce } from "./page-element.ts";
import { PollingController } from "./polling-controller.ts";

export { BundleDraft };

/** Labels listed without a search. */
const MAX_LABELS = 16;

/** Opens the dialog; `apiUrl` is the base URL of the API, `onClose` is called once it is closed. */
export function openBundleDialog(api: BundleApi & NotificationApi, draft: BundleDraft, apiUrl: string, onClose: () => void): BundleDialog {
  defineOnce("tintype-bundle-dialog", BundleDialog);
  return openDialog(
    new BundleDialog(
      { bundles: new Bundles(api, systemClock), notifications: new NotificationSettings(api, deviceStorage), draft, apiUrl },
      onClose,
    ),
  );
}

interface BundleDialogParts {
  readonly bundles: Bundles;
  readonly notifications: NotificationSettings;
  readonly draft: BundleDraft;
  readonly apiUrl: string;
}

export class BundleDialog extends ModalDialog {
  static override properties = { labelFilter: { state: true }, isChecked: { state: true }, removed: { state: true } };
  declare labelFilter: string;
  /** Whether the form was submitted as it is, so that its problem is displayed. */
  declare isChecked: boolean;
  /** Whether a bundle was just canceled or deleted. */
  declare removed: boolean;
  readonly #parts: BundleDialogParts;
  /** What was requested last, and how many bundles of it were created before an error. */
  #last: { readonly key: string; readonly created: number } = { key: "", created: 0 };

  constructor(parts: BundleDialogParts, onClose: () => void) {
    super([parts.bundles, parts.notifications, parts.draft], onClose);
    this.#parts = parts;
    this.addController(new PollingController(parts.bundles));
    this.labelFilter = "";
    this.isChecked = false;
    this.removed = false;
  }

  protected override load(): void {
    void this.#parts.bundles.start();
    void this.#parts.notifications.load();
  }

  protected override reload(): void {
    const { bundles, notifications } = this.#parts;
    if (bundles.status === "failed") void bundles.start();
    if (notifications.error !== null) void notifications.load();
  }

  protected override render(): TemplateResult {
    const { bundles } = this.#parts;
    return this.renderDialog({
      name: "bundle-dialog",
      title: strings.downloadPhotos,
      closeLabel: bundleStrings.close,
      content: html`<p class="muted">${bundleStrings.hint}</p>
        ${this.#body()}
        <p class="visually-hidden" role="status">${this.removed ? bundleStrings.removed : announceBundle(bundles.announcement)}</p>`,
    });
  }

  #body(): TemplateResult {
    const { bundles, draft, apiUrl } = this.#parts;
    if (bundles.status === "failed") return this.renderLoadError(bundles.error);
    if (bundles.status === "loading") return html`<p class="hint" role="status">${bundleStrings.loading}</p>`;
    const isEmpty = bundles.library.photos === 0 && !draft.isGiven;
    return html`
      ${isEmpty ? html`<p class="bundle-empty">${bundleStrings.nothingToDownload}</p>` : this.#form()}
      ${renderBundleList(bundles.items, { api: apiUrl, remove: this.#removePressed, prompt: this.#deletePrompt })}
    `;
  }

  #form(): TemplateResult {
    const { draft, bundles, notifications } = this.#parts;
    const chosen = bundles.labels.filter(({ name }) => draft.has(name));
    const channels = notifications.recipients.map(({ channel }) => channel);
    const { problem } = draft;
    const error =
      this.isChecked && problem !== null
        ? bundleStrings.problems[problem]
        : bundles.error === null || bundles.toDelete !== null
          ? null
          : this.#describeError();
    return html`<form novalidate @submit=${this.#submit}>
      ${draft.album === null ? nothing : this.#chosen(bundleStrings.album(draft.album.title), bundleStrings.removeAlbum, this.#removeAlbum)}
      ${
        draft.photoIds.length > 0
          ? this.#chosen(
              bundleStrings.selectedPhotos(draft.photoIds.length),
              bundleStrings.removeSelectedPhotos,
              this.#removeSelectedPhotos,
            )
          : nothing
      }
      ${draft.isGiven ? nothing : renderSourceChoice(draft)} ${this.#source()} ${this.#variantChoice()} ${this.#sidecarChoice()}
      ${renderNotificationChoice(notifications, () => void this.#unsubscribe())}
      <p class="hint" id="bundle-error" role=${error === null ? nothing : "alert"}>${error}</p>
      <div class="bundle-submit">
        <p>${problem === null ? summarizeRequest(chosen, draft, bundles.library, channels) : nothing}</p>
        <button class="button primary" aria-disabled=${bundles.creating ? "true" : "false"}>
          ${icons.download}${bundleStrings.prepare}
        </button>
      </div>
    </form>`;
  }

  #source(): TemplateResult | typeof nothing {
    const { draft, bundles } = this.#parts;
    if (!draft.isGiven && draft.source === "all") return nothing;
    if (!draft.isGiven && draft.source === "dates") return renderDays(draft, bundles.library);
    return html`${bundles.labels.length > 0 ? this.#labels() : nothing} ${draft.tags.length > 1 ? this.#matchChoice() : nothing}`;
  }

  #chosen(text: string, removeLabel: string, remove: () => void): TemplateResult {
    return html`<p class="bundle-photos">
      <span>${text}</span>
      <button class="icon-button" type="button" aria-label=${removeLabel} @click=${remove}>${icons.close}</button>
    </p>`;
  }

  #variantChoice(): TemplateResult {
    const { draft } = this.#parts;
    const choice = (variant: Variant) => html`<button
      type="button"
      aria-pressed=${draft.variant === variant ? "true" : "false"}
      @click=${() => {
        draft.setVariant(variant);
      }}
    >
      ${bundleStrings.variants[variant]}
    </button>`;
    return html`<div class="segments bundle-variant" role="group" aria-label=${bundleStrings.variant}>
      ${choice("original")}${choice("resized")}
    </div>`;
  }

  #sidecarChoice(): TemplateResult {
    const { draft } = this.#parts;
    return html`<label class="option-card bundle-sidecars">
      <input
        type="checkbox"
        .checked=${draft.sidecars}
        @change=${(event: Event) => {
          draft.setSidecars((event.target as HTMLInputElement).checked);
        }}
      />
      <span class="checkmark">${icons.check}</span>
      <span><b>${bundleStrings.sidecars}</b><small>${bundleStrings.sidecarsHint}</small></span>
    </label>`;
  }

  #labels(): TemplateResult {
    const {
      draft,
      bundles: { labels },
    } = this.#parts;
    const filter = this.labelFilter.trim().toLowerCase();
    const found = labels.filter(({ name }) => name.toLowerCase().includes(filter));
    // Chosen labels are always visible.
    const visible = found.filter(({ name }, index) => index < MAX_LABELS || draft.has(name));
    return html`<fieldset>
      <legend>${bundleStrings.tags}</legend>
      ${
        labels.length > MAX_LABELS
          ? html`<input
            type="search"
            class="bundle-label-filter"
            aria-label=${bundleStrings.searchTags}
            placeholder=${bundleStrings.searchTags}
            @input=${this.#filterLabels}
            @keydown=${preventSubmit}
          />`
          : nothing
      }
      <ul class="bundle-labels" role="list">
        ${keyedList(
          visible,
          ({ name }) => name,
          (label) => html`<li>${this.#label(label)}</li>`,
        )}
      </ul>
      ${visible.length < found.length ? html`<p class="hint">${bundleStrings.moreTags(found.length - visible.length)}</p>` : nothing}
    </fieldset>`;
  }

  #label({ name, count }: Label): TemplateResult {
    const { draft } = this.#parts;
    return html`<button
      class="chip"
      type="button"
      aria-pressed=${draft.has(name) ? "true" : "false"}
      aria-label=${strings.tagCount(name, count)}
      @click=${() => {
        draft.toggle(name);
      }}
    >
      <span>${name}</span> <span class="chip-count">${formatNumber(count)}</span>
    </button>`;
  }

  #matchChoice(): TemplateResult {
    const { draft } = this.#parts;
    const choice = (match: Match, label: string) => html`<button
      type="button"
      aria-pressed=${draft.match === match ? "true" : "false"}
      @click=${() => {
        draft.setMatch(match);
      }}
    >
      ${label}
    </button>`;
    return html`<div class="segments" role="group" aria-label=${strings.matchLabel}>
      ${choice("any", bundleStrings.anyTag)}${choice("all", bundleStrings.allTags)}
    </div>`;
  }

  #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { draft, bundles, notifications } = this.#parts;
    this.isChecked = true;
    this.removed = false;
    if (draft.problem !== null || notifications.busy || bundles.creating) return;
    const requests = draft.toRequests(notifications.selected !== null, bundles.library, describeDays);
    if (!(await this.#create(requests))) return;
    this.isChecked = false;
    draft.reset([], "any", []);
    await this.focusOn(".bundle h4");
  };

  /** Creates bundles, those that are missing if the same ones were requested before; returns whether there are all. */
  async #create(requests: readonly BundleRequest[]): Promise<boolean> {
    const key = JSON.stringify(requests);
    const before = this.#last.key === key ? this.#last.created : 0;
    const created = before + (await this.#parts.bundles.create(requests.slice(before)));
    const isComplete = created === requests.length;
    this.#last = isComplete ? { key: "", created: 0 } : { key, created };
    this.requestUpdate();
    return isComplete;
  }

  #describeError(): string {
    const reason = explain(this.#parts.bundles.error);
    return this.#last.created === 0 ? reason : `${bundleStrings.partlyCreated(this.#last.created)} ${reason}`;
  }

  /** Asks before links and progress are lost; a bundle that has neither is deleted at once. */
  #removePressed = (bundle: Bundle): void => {
    const { bundles } = this.#parts;
    bundles.askToDelete(bundle.bundle_id);
    if (isInProgress(bundle) || bundle.state === "ready") void this.focusOn(CANCEL_BUTTON);
    else void this.#delete();
  };

  #deletePrompt = (bundle: Bundle): TemplateResult | null => {
    const { bundles } = this.#parts;
    if (bundles.toDelete !== bundle.bundle_id) return null;
    const inProgress = isInProgress(bundle);
    return renderConfirmPrompt({
      id: "bundle-prompt",
      text: inProgress ? bundleStrings.cancelPrompt : bundleStrings.removePrompt,
      action: inProgress ? bundleStrings.cancelDownload : bundleStrings.removeDownload,
      error: bundles.error,
      busy: bundles.deleting,
      confirm: () => void this.#delete(),
      cancel: () => void this.#keep(bundle.bundle_id),
    });
  };

  async #keep(bundleId: string): Promise<void> {
    this.#parts.bundles.cancelDelete();
    await this.focusOn(`[data-bundle="${CSS.escape(bundleId)}"] .bundle-remove`);
  }

  async #delete(): Promise<void> {
    if (!(await this.#parts.bundles.delete())) return;
    this.removed = true;
    await this.focusOn("#bundle-dialog-title");
  }

  #filterLabels = (event: Event): void => {
    this.labelFilter = (event.target as HTMLInputElement).value;
  };

  #removeAlbum = (): void => {
    this.#parts.draft.removeAlbum();
    void this.focusOn("#bundle-dialog-title");
  };

  #removeSelectedPhotos = (): void => {
    this.#parts.draft.removePhotos();
    void this.focusOn("#bundle-dialog-title");
  };

  async #unsubscribe(): Promise<void> {
    await this.#parts.notifications.turnOff();
    await this.focusOn(".bundle-channels input");
  }
}

/** Keeps Enter in the label filter from submitting the form. */
function preventSubmit(event: KeyboardEvent): void {
  if (event.key === "Enter") event.preventDefault();
}
