/**
 * The list of a user's bundles: their progress, and links to their volumes.
 */
import { html, nothing, type TemplateResult } from "lit";

import { bundleStrings } from "../i18n/bundles.ts";
import { strings } from "../i18n/common.ts";
import { formatBytes, formatDateTime } from "../i18n/format.ts";
import { type Bundle, completedFraction, isInProgress, type Volume } from "../state/bundles.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";

export interface BundleListHandlers {
  /** Base URL of the API, to which the URLs of volumes are relative. */
  readonly api: string;
  /** Asks the user to confirm, or deletes a bundle that can't be downloaded. */
  readonly remove: (bundle: Bundle) => void;
  /** The prompt for a bundle, or null. */
  readonly prompt: (bundle: Bundle) => TemplateResult | null;
}

export function renderBundleList(bundles: readonly Bundle[], handlers: BundleListHandlers): TemplateResult | typeof nothing {
  if (bundles.length === 0) return nothing;
  return html`<section class="bundle-list" aria-labelledby="bundle-list">
    <h3 id="bundle-list">${bundleStrings.list}</h3>
    <ul role="list">
      ${keyedList(
        bundles,
        ({ bundle_id }) => bundle_id,
        (bundle) => renderBundle(bundle, handlers),
      )}
    </ul>
  </section>`;
}

function renderBundle(bundle: Bundle, { api, remove, prompt }: BundleListHandlers): TemplateResult {
  const { bundle_id: id, state, volumes, skipped } = bundle;
  const name = formatDateTime(Date.parse(bundle.created_at));
  const inProgress = isInProgress(bundle);
  return html`<li class="bundle" data-bundle=${id} data-state=${state}>
    ${renderDetails(bundle, name)}
    <button
      class="button quiet bundle-remove"
      type="button"
      aria-label=${inProgress ? bundleStrings.cancelNamed(name) : bundleStrings.removeNamed(name)}
      @click=${() => {
        remove(bundle);
      }}
    >
      ${inProgress ? strings.cancel : bundleStrings.remove}
    </button>
    ${prompt(bundle)}
    ${inProgress ? html`<progress max="1" .value=${completedFraction(bundle)} aria-label=${strings.progressOf(name)}></progress>` : nothing}
    ${state === "failed" || state === "expired" ? nothing : renderVolumes(volumes, api)}
    ${
      skipped.length > 0
        ? html`<details>
          <summary>${bundleStrings.skipped(skipped.length)}</summary>
          <ul role="list">
            ${skipped.map(({ filename, reason }) => html`<li>${filename}: ${reason}</li>`)}
          </ul>
        </details>`
        : nothing
    }
  </li>`;
}

function renderDetails({ title, state, progress, reason, expires_at: expires }: Bundle, name: string): TemplateResult {
  return html`<div class="bundle-details">
    <h4 tabindex="-1">${bundleStrings.bundleTitle(progress.photos, formatBytes(progress.bytes))}</h4>
    <p class="muted">${title === "" ? name : `${title} · ${name}`}</p>
    <p>${state === "building" ? bundleStrings.building(progress.photos_done, progress.photos) : bundleStrings.states[state]}</p>
    ${state === "failed" && reason !== null ? html`<p class="failure">${reason}</p>` : nothing}
    ${state === "ready" ? html`<p class="muted">${bundleStrings.availableUntil(formatDateTime(Date.parse(expires)))}</p>` : nothing}
  </div>`;
}

function renderVolumes(volumes: readonly Volume[], api: string): TemplateResult | typeof nothing {
  const ready = volumes.flatMap(({ url, ...volume }) => (url === null ? [] : [{ ...volume, url }]));
  if (ready.length === 0) return nothing;
  return html`<ul class="volumes" role="list">
    ${ready.map(
      ({ url, number, bytes, photos }) => html`<li>
        <a class="button primary" href=${new URL(url, `${new URL(api, document.baseURI).href}/`).href} download>
          ${icons.download}${volumes.length === 1 ? bundleStrings.downloadZip : bundleStrings.downloadVolume(number, volumes.length)}
          <span class="volume-details">${strings.photos(photos)}, ${formatBytes(bytes)}</span>
        </a>
      </li>`,
    )}
  </ul>`;
}
