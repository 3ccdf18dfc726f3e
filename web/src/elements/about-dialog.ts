/**
 * The dialog with the library's statistics: counts, sizes, and a chart of photos by month. Loaded when it is first opened.
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
import { ModalDialog, openDialog } from "./modal-dialog.ts";
import { defineOnce } from "./page-element.ts";

/** Sizes in the chart's own units. */
const BAR_WIDTH = 10;
const CHART_HEIGHT = 100;
/** The height of a bar with any photos, so that it is visible. */
const MIN_BAR_HEIGHT = 1.5;
/** Bars that fill the width; fewer leave it empty. */
const MIN_BARS = 12;

/** Opens the dialog on a scope; `onClose` is called once it is closed. */
export function openAboutDialog(fetchStatistics: FetchStatistics, scope: Scope, onClose: () => void): AboutDialog {
  defineOnce("tintype-about-dialog", AboutDialog);
  return openDialog(new AboutDialog(new StatisticsStore(fetchStatistics, scope), onClose));
}

export class AboutDialog extends ModalDialog {
  readonly #store: StatisticsStore;

  constructor(store: StatisticsStore, onClose: () => void) {
    super([store], onClose);
    this.#store = store;
  }

  protected override load(): void {
    void this.#store.load(this.#store.scope);
  }

  protected override reload(): void {
    if (this.#store.status === "failed") this.load();
  }

  protected override render(): TemplateResult {
    return this.renderDialog({
      name: "about-dialog",
      title: aboutStrings.title,
      closeLabel: aboutStrings.close,
      content: html`<div class="segments" role="group" aria-label=${strings.scopeLabel}>
          ${this.#scopeButton("mine", strings.mine)}${this.#scopeButton("public", strings.public)}
        </div>
        <div class="about-body" aria-live="polite" aria-busy=${this.#store.status === "loading" ? "true" : "false"}>${this.#body()}</div>`,
    });
  }

  #body(): TemplateResult {
    const { status, statistics, error } = this.#store;
    if (status === "failed") {
      return html`<p class="hint">${explainLoadError(error, browserNetwork)}</p>
        <button class="button" type="button" @click=${this.#retry}>${icons.retry}${strings.tryAgain}</button>`;
    }
    return statistics === null ? html`<p class="hint">${aboutStrings.loading}</p>` : renderStatistics(statistics);
  }

  #scopeButton(scope: Scope, label: string): TemplateResult {
    return html`<button
      type="button"
      aria-pressed=${this.#store.scope === scope ? "true" : "false"}
      @click=${() => void this.#store.load(scope)}
    >
      ${label}
    </button>`;
  }

  #retry = (): void => {
    this.load();
  };
}

function renderStatistics({ photos, bytes, tags, months, as_of: asOf }: Statistics): TemplateResult {
  const figure = (name: string, value: string) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const all = chartBars(months);
  return html`
    <dl class="about-figures">
      ${figure(aboutStrings.photos, formatNumber(photos))}${figure(aboutStrings.originals, formatBytes(bytes))}
      ${figure(aboutStrings.tags, formatNumber(tags))}
    </dl>
    ${photos === 0 ? html`<p class="hint">${aboutStrings.empty}</p>` : all.length === 0 ? html`<p class="about-pending hint">${aboutStrings.pending}</p>` : renderChart(all)}
    ${asOf === null || all.length === 0 ? nothing : html`<p class="hint">${aboutStrings.updatedAt(formatDateTime(Date.parse(asOf)))}</p>`}
  `;
}

/** Renders the bars, and the same numbers as a table for screen readers. */
function renderChart(all: readonly Bar[]): TemplateResult {
  const most = Math.max(...all.map(({ photos }) => photos));
  const [first, last] = [all[0]?.period ?? "", all.at(-1)?.period ?? ""];
  const width = Math.max(all.length, MIN_BARS) * BAR_WIDTH;
  return html`<figure class="about-chart">
    <figcaption>${aboutStrings.chart} <span class="muted" aria-hidden="true">${aboutStrings.busiest(formatNumber(most))}</span></figcaption>
    <svg viewBox="0 0 ${width} ${CHART_HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      ${all.map(({ period, photos }, index) => {
        const height = photos === 0 ? 0 : Math.max(MIN_BAR_HEIGHT, (photos / most) * CHART_HEIGHT);
        return svg`<rect x=${index * BAR_WIDTH + 1} y=${CHART_HEIGHT - height} width=${BAR_WIDTH - 2} height=${height}><title>${formatPeriod(period)}: ${strings.photos(photos)}</title></rect>`;
      })}
    </svg>
    <p class="about-axis muted" aria-hidden="true">
      <span>${formatPeriod(first)}</span>${first === last ? nothing : html`<span>${formatPeriod(last)}</span>`}
    </p>
    <div class="visually-hidden">
      <table>
        <caption>${aboutStrings.chart}</caption>
        <thead><tr><th scope="col">${aboutStrings.period}</th><th scope="col">${aboutStrings.photos}</th></tr></thead>
        <tbody>
          ${all.filter(({ photos }) => photos > 0).map(({ period, photos }) => html`<tr><th scope="row">${formatPeriod(period)}</th><td>${photos}</td></tr>`)}
        </tbody>
      </table>
    </div>
  </figure>`;
}
