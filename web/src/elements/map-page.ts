/**
 * The map of the user's photos: outlines of land and countries, and markers of clusters. Loaded when it is opened; it asks no
 * other host than the library's.
 */
import "../styles/map-page.css";

import { html, nothing, type TemplateResult } from "lit";

import { browserNetwork } from "../core/network-status.ts";
import { systemClock } from "../core/clock.ts";
import { explainLoadError, strings } from "../i18n/common.ts";
import { formatNumber } from "../i18n/format.ts";
import { mapStrings } from "../i18n/map.ts";
import { type Marker, zoomTarget } from "../state/map-clusters.ts";
import type { Outlines } from "../state/map-outlines.ts";
import { type Area, wholeWorld } from "../state/map-projection.ts";
import { type FetchMap, PhotoMapStore } from "../state/photo-map.ts";
import { allPhotos } from "../state/view.ts";
import { hideBrokenImage } from "./broken-image.ts";
import { customProperties } from "./custom-properties.ts";
import { emptyIllustration } from "./empty-state.ts";
import { icons } from "./icons.ts";
import { keyedList } from "./keyed-list.ts";
import { MapGestures, ZOOM_STEP } from "./map-gestures.ts";
import { DETAILED_SCALE, drawOutlines, loadDetailedOutlines, loadOutlines } from "./map-outlines.ts";
import { defineOnce, PageElement } from "./page-element.ts";

const NATURAL_EARTH = "https://www.naturalearthdata.com/";
const GEONAMES = "https://www.geonames.org/";

/** Creates the map at an area; the whole world if it is null. `onMoved` is called after the map was moved. */
export function createMapPage(fetchMap: FetchMap, area: Area | null, onMoved: (area: Area) => void): MapPage {
  defineOnce("tintype-map-page", MapPage);
  return new MapPage(new PhotoMapStore(fetchMap, systemClock, area, onMoved));
}

export class MapPage extends PageElement {
  static override properties = { outlines: { state: true }, detailedOutlines: { state: true } };
  declare outlines: Outlines | null;
  declare detailedOutlines: Outlines | null;
  readonly #map: PhotoMapStore;
  #gestures: MapGestures | null = null;
  #stopWatching: () => void = () => undefined;
  readonly #colors = matchMedia("(prefers-color-scheme: dark)");
  readonly #themeObserver = new MutationObserver(() => {
    this.#changed();
  });
  readonly #resizeObserver = new ResizeObserver(() => {
    this.#resize();
  });

  constructor(map: PhotoMapStore) {
    super();
    this.#map = map;
    this.outlines = null;
    this.detailedOutlines = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopWatching = this.#map.watch(this.#changed);
    this.#colors.addEventListener("change", this.#changed);
    this.#themeObserver.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    addEventListener("online", this.#retry);
    loadOutlines().then(
      (outlines) => {
        this.outlines = outlines;
      },
      (error: unknown) => {
        // The markers have meaning without outlines.
        console.error(error);
      },
    );
  }

  override disconnectedCallback(): void {
    this.#stopWatching();
    this.#colors.removeEventListener("change", this.#changed);
    this.#themeObserver.disconnect();
    removeEventListener("online", this.#retry);
    this.#resizeObserver.disconnect();
    this.#map.close();
    super.disconnectedCallback();
  }

  protected override firstUpdated(): void {
    const element = this.querySelector<HTMLElement>(".map");
    if (element === null) return;
    this.#gestures = new MapGestures(this.#map, element);
    this.#resizeObserver.observe(element);
    this.#resize();
  }

  protected override updated(): void {
    const { camera, window } = this.#map;
    const isDetailed = camera.scale >= DETAILED_SCALE;
    if (isDetailed && this.detailedOutlines === null) {
      loadDetailedOutlines().then(
        (outlines) => {
          this.detailedOutlines = outlines;
        },
        () => undefined,
      );
    }
    const [canvas, outlines] = [this.querySelector("canvas"), isDetailed ? (this.detailedOutlines ?? this.outlines) : this.outlines];
    if (canvas !== null && outlines !== null && window !== null) drawOutlines(canvas, outlines, camera, window);
  }

  protected override render(): TemplateResult {
    const { markers, isEmpty, isLoaded, error } = this.#map;
    const photos = markers.reduce((sum, { count }) => sum + count, 0);
    return html`
      <div class="heading">
        <h1 tabindex="-1">${mapStrings.title}</h1>
        <p class="muted" role="status">${isLoaded && !isEmpty ? mapStrings.inView(photos) : nothing}</p>
      </div>
      <div class="map" role="application" aria-label=${mapStrings.label} tabindex="0">
        <canvas aria-hidden="true"></canvas>
        ${keyedList(
          markers,
          ({ key }) => key,
          (marker) => this.#marker(marker),
        )}
        ${error === null ? nothing : this.#error(error)} ${isEmpty ? renderEmpty() : nothing}
        <div class="map-controls">
          ${this.#control(mapStrings.zoomIn, icons.add, () => this.#gestures?.zoomBy(ZOOM_STEP))}
          ${this.#control(mapStrings.zoomOut, icons.minus, () => this.#gestures?.zoomBy(1 / ZOOM_STEP))}
          ${this.#control(mapStrings.world, icons.globe, this.#showWorld)}
        </div>
        <p class="map-credits">
          ${mapStrings.credits} <a href=${NATURAL_EARTH} target="_blank" rel="noopener">${mapStrings.outlines}</a>. ${mapStrings.placeCredits}
          <a href=${GEONAMES} target="_blank" rel="noopener">${mapStrings.places}</a>.
        </p>
      </div>
    `;
  }

  #marker(marker: Marker): TemplateResult {
    const { x, y, count, cover } = marker;
    const { camera, window } = this.#map;
    const target = window === null ? null : zoomTarget(marker, camera, window);
    const open = () => {
      if (target !== null) this.#map.move(target);
      else {
        this.#map.reportArea();
        this.emit("search", { ...allPhotos("mine"), bounds: marker.area });
      }
    };
    return html`<button
      class="map-marker"
      type="button"
      aria-label=${(target === null ? mapStrings.open : mapStrings.zoomTo)(count)}
      ${customProperties({ "--x": `${x.toFixed(1)}px`, "--y": `${y.toFixed(1)}px` })}
      @click=${open}
    >
      ${cover === null ? icons.picture : html`<img src=${cover} alt="" draggable="false" @error=${hideBrokenImage} />`}
      <span aria-hidden="true">${formatNumber(count, { notation: "compact" })}</span>
    </button>`;
  }

  #control(label: string, icon: TemplateResult, act: () => void): TemplateResult {
    return html`<button class="icon-button" type="button" aria-label=${label} title=${label} @click=${act}>${icon}</button>`;
  }

  #error(error: unknown): TemplateResult {
    return html`<div class="map-message" role="alert">
      <p>${explainLoadError(error, browserNetwork)}</p>
      <button class="button" type="button" @click=${this.#retry}>${icons.retry}${strings.tryAgain}</button>
    </div>`;
  }

  #resize(): void {
    const element = this.querySelector(".map");
    if (element !== null) this.#map.resize({ width: element.clientWidth, height: element.clientHeight });
  }

  #showWorld = (): void => {
    if (this.#map.window !== null) this.#map.move(wholeWorld(this.#map.window));
  };

  #changed = (): void => {
    this.requestUpdate();
  };

  #retry = (): void => {
    if (this.#map.error !== null) void this.#map.load();
  };
}

function renderEmpty(): TemplateResult {
  return html`<div class="map-message">
    ${emptyIllustration}
    <h2>${mapStrings.empty}</h2>
    <p>${mapStrings.emptyHint}</p>
  </div>`;
}
