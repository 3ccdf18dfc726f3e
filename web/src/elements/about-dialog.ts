/**
 * A library in figures, in a dialog, with a chart of its months. Loaded when it is first opened.
 */
import "../styles/about-dialog.css";

import { html, nothing, svg, type TemplateResult } from "lit";

import { browserNetwork } from "../core/network-status.ts";
import { aboutStrings } from "../i18n/about.ts";
import { explainLoadError, strings } from "../i18n/common.ts";
import { formatBytes, formatDateTime, formatNumber, formatPeriod } from "../i18n/format.ts";
import { type Bar, chartBars, type FetchStatistics, type Statistics, StatisticsStore } from "../state/statistics.ts";
import type { Scope } from "../state/view.ts";
import { icons } from "./icons.ts";
import { PageElement } from "./page-element.ts";

/** The chart's own units: a bar's share of the width, and the height of the highest. */
const BAR_WIDTH = 10;
const CHART_HEIGHT = 100;
/** A month with a photo is never invisible. */
const MIN_BAR_HEIGHT = 1.5;

/** Shows the figures; `closed` is called when the person, or the page, has put them away. */
export function openAboutDialog(figures: FetchStatistics, scope: Scope, closed: () => void): AboutDialog {
  if (customElements.get("tintype-about-dialog") === undefined) customElements.define("tintype-about-dialog", AboutDialog);
  const dialog = new AboutDialog(new StatisticsStore(figures, scope), closed);
  document.body.append(dialog);
  return dialog;
}

export class AboutDialog extends PageElement {
  readonly #overview: StatisticsStore;
  readonly #closed: () => void;
  #stopWatching: () => void = () => undefined;

  constructor(overview: StatisticsStore, closed: () => void) {
    super();
    this.#overview = overview;
    this.#closed = closed;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWatching = this.#overview.watch(() => {
      this.requestUpdate();
    });
    addEventListener("online", this.#online);
  }

  override disconnectedCallback(): void {
    this.#stopWatching();
    removeEventListener("online", this.#online);
    super.disconnectedCallback();
  }

  /** Puts the figures away. */
  close(): void {
    this.querySelector("dialog")?.close();
  }

  protected override firstUpdated(): void {
    this.querySelector("dialog")?.showModal();
    void this.#overview.load(this.#overview.scope);
  }

  protected override render(): TemplateResult {
    const { status, statistics, error } = this.#overview;
    return html`<dialog class="dialog about-dialog" aria-labelledby="about-title" @close=${this.#dialogClosed}>
      <div class="dialog-head">
        <h2 id="about-title" tabindex="-1" autofocus>${aboutStrings.title}</h2>
        <button class="icon-button" type="button" aria-label=${aboutStrings.close} @click=${this.#closeClicked}>${icons.close}</button>
      </div>
      <div class="segments" role="group" aria-label=${strings.scopeLabel}>
        ${this.#scopeButton("mine", strings.mine)}${this.#scopeButton("public", strings.public)}
      </div>
      <div class="about-body" aria-live="polite" aria-busy=${status === "loading" ? "true" : "false"}>
        ${status === "failed"
          ? html`<p class="hint">${explainLoadError(error, browserNetwork)}</p>
              <button class="button" type="button" @click=${this.#retry}>${icons.retry}${strings.tryAgain}</button>`
          : statistics === null
            ? html`<p class="hint">${aboutStrings.loading}</p>`
            : renderFigures(statistics)}
      </div>
    </dialog>`;
  }

  #scopeButton(scope: Scope, words: string): TemplateResult {
    return html`<button
      type="button"
      aria-pressed=${this.#overview.scope === scope ? "true" : "false"}
      @click=${() => void this.#overview.load(scope)}
    >
      ${words}
    </button>`;
  }

  #retry = (): void => {
    void this.#overview.load(this.#overview.scope);
  };

  #online = (): void => {
    if (this.#overview.status === "failed") this.#retry();
  };

  #closeClicked = (): void => {
    this.close();
  };

  #dialogClosed = (): void => {
    this.remove();
    this.#closed();
  };
}

function renderFigures({ photos, bytes, tags, months, as_of: asOf }: Statistics): TemplateResult {
  const figure = (name: string, value: string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const all = chartBars(months);
  return html`
    <dl class="about-figures">
      ${figure(aboutStrings.photos, formatNumber(photos))}${figure(aboutStrings.originals, formatBytes(bytes))}
      ${figure(aboutStrings.tags, formatNumber(tags))}
    </dl>
    ${photos === 0 ? html`<p class="hint">${aboutStrings.empty}</p>` : all.length === 0 ? html`<p class="about-pending hint">${aboutStrings.pending}</p>` : renderChart(all)}
    ${asOf === null || all.length === 0 ? nothing : html`<p class="hint">${aboutStrings.updatedAt(formatDateTime(Date.parse(asOf), "local"))}</p>`}
  `;
}

/** The bars for whoever sees them, and the same as a table for whoever does not. */
function renderChart(all: readonly Bar[]): TemplateResult {
  const most = Math.max(...all.map(({ photos }) => photos));
  const [first, last] = [all[0]?.period ?? "", all.at(-1)?.period ?? ""];
  const width = Math.max(all.length, 12) * BAR_WIDTH;
  return html`<figure class="about-chart">
    <figcaption>${aboutStrings.chart} <span class="muted" aria-hidden="true">${aboutStrings.busiest(formatNumber(most))}</span></figcaption>
    <svg viewBox="0 0 ${width} ${CHART_HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      ${all.map(({ period, photos }, place) => {
        const height = photos === 0 ? 0 : Math.max(MIN_BAR_HEIGHT, (photos / most) * CHART_HEIGHT);
        return svg`<rect x=${place * BAR_WIDTH + 1} y=${CHART_HEIGHT - height} width=${BAR_WIDTH - 2} height=${height}><title>${formatPeriod(period)}: ${strings.photos(photos)}</title></rect>`;
      })}
    </svg>
    <p class="about-axis muted" aria-hidden="true">
      <span>${formatPeriod(first)}</span>${first === last ? nothing : html`<span>${formatPeriod(last)}</span>`}
    </p>
    <table class="visually-hidden">
      <caption>${aboutStrings.chart}</caption>
      <thead><tr><th scope="col">${aboutStrings.period}</th><th scope="col">${aboutStrings.photos}</th></tr></thead>
      <tbody>
        ${all.filter(({ photos }) => photos > 0).map(({ period, photos }) => html`<tr><th scope="row">${formatPeriod(period)}</th><td>${photos}</td></tr>`)}
      </tbody>
    </table>
  </figure>`;
}
