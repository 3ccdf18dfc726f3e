/**
 * The map of the user's photos: where it looks, and the clusters of photos there.
 */
import type { Clock } from "../core/clock.ts";
import { Observable } from "../core/observable.ts";
import { type Cluster, type Marker, type PhotoMap, placeMarkers } from "./map-clusters.ts";
import { type Area, type Camera, fitArea, restrict, type Size, visibleArea, wholeWorld } from "./map-projection.ts";

export type FetchMap = (area: Area) => Promise<PhotoMap>;

/** How long the map stays where it is before the clusters there are loaded, ms. */
const LOAD_DELAY = 250;

export class PhotoMapStore extends Observable {
  readonly #fetchMap: FetchMap;
  readonly #clock: Clock;
  readonly #onMoved: (area: Area) => void;
  #area: Area | null;
  #generation = 0;
  #cancelLoad: () => void = () => undefined;
  #clusters: readonly Cluster[] = [];

  camera: Camera = wholeWorld({ width: 1, height: 1 });
  window: Size | null = null;
  isLoaded = false;
  error: unknown = null;

  /** The map begins at an area; the whole world if it is null. `onMoved` is called once the map stays where it was moved to. */
  constructor(fetchMap: FetchMap, clock: Clock, area: Area | null, onMoved: (area: Area) => void) {
    super();
    this.#fetchMap = fetchMap;
    this.#clock = clock;
    this.#area = area;
    this.#onMoved = onMoved;
  }

  get markers(): readonly Marker[] {
    return this.window === null ? [] : placeMarkers(this.#clusters, this.camera, this.window);
  }

  /** Whether the window shows all longitudes and no photo is there. */
  get isEmpty(): boolean {
    return this.isLoaded && this.#clusters.length === 0 && this.#area?.[1] === -180 && this.#area[3] === 180;
  }

  /** Sets the size of the window; the first time, the map moves to its area. */
  resize(window: Size): void {
    const { width, height } = this.window ?? { width: 0, height: 0 };
    if (window.width === 0 || (window.width === width && window.height === height)) return;
    const isFirst = this.window === null;
    this.window = window;
    if (!isFirst) this.move(restrict(this.camera, window));
    else {
      this.camera = this.#area === null ? wholeWorld(window) : fitArea(this.#area, window, 0);
      this.notifyWatchers();
      void this.load();
    }
  }

  /** Moves the map; its clusters are loaded once it stays there. */
  move(camera: Camera): void {
    this.camera = camera;
    this.notifyWatchers();
    this.#cancelLoad();
    this.#cancelLoad = this.#clock.after(LOAD_DELAY, () => {
      void this.load();
      this.reportArea();
    });
  }

  /** Reports where the map is, before it is left. */
  reportArea(): void {
    if (this.window !== null) this.#onMoved(visibleArea(this.camera, this.window));
  }

  /** Loads the clusters in the window; those before stay until then, and after an error. */
  async load(): Promise<void> {
    if (this.window === null) return;
    const generation = (this.#generation += 1);
    this.#area = visibleArea(this.camera, this.window);
    try {
      const { clusters } = await this.#fetchMap(this.#area);
      if (generation !== this.#generation) return;
      Object.assign(this, { isLoaded: true, error: null });
      this.#clusters = clusters;
    } catch (error) {
      if (generation !== this.#generation) return;
      this.error = error;
    }
    this.notifyWatchers();
  }

  /** Stops loading, when the map is closed. */
  close(): void {
    this.#cancelLoad();
    this.#generation += 1;
  }
}
