/**
 * Moves the map by pointers, wheel and keys.
 */
import { type Camera, pan, type Point, type Size, zoom } from "../state/map-projection.ts";
import type { PhotoMapStore } from "../state/photo-map.ts";

/** How much a key or a button zooms, and a double click. */
export const ZOOM_STEP = 2;
/** How far an arrow key moves the map, as a share of the window. */
const PAN_STEP = 0.2;
/** Zoom per px of the wheel. */
const WHEEL_ZOOM = 0.0015;
/** Movement from which a press is a drag and no click, px. */
const DRAG_DISTANCE = 5;

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: 1, y: 0 },
  ArrowRight: { x: -1, y: 0 },
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
};

export class MapGestures {
  readonly #map: PhotoMapStore;
  readonly #element: HTMLElement;
  /** The pressed pointers, where they are on the map. */
  readonly #pointers = new Map<number, Point>();
  #pressedAt: Point | null = null;
  #dragged = false;

  constructor(map: PhotoMapStore, element: HTMLElement) {
    this.#map = map;
    this.#element = element;
    element.addEventListener("pointerdown", this.#pointerDown);
    element.addEventListener("pointermove", this.#pointerMoved);
    for (const name of ["pointerup", "pointercancel"] as const) element.addEventListener(name, this.#pointerUp);
    element.addEventListener("wheel", this.#wheel, { passive: false });
    element.addEventListener("dblclick", this.#doubleClicked);
    element.addEventListener("keydown", this.#keyPressed);
    // A drag that ends on a marker is no click on it.
    element.addEventListener("click", this.#clicked, { capture: true });
  }

  /** Zooms around the center. */
  zoomBy(factor: number): void {
    this.#move((camera, window) => zoom(camera, factor, { x: window.width / 2, y: window.height / 2 }, window));
  }

  #move(change: (camera: Camera, window: Size) => Camera): void {
    const { camera, window } = this.#map;
    if (window !== null) this.#map.move(change(camera, window));
  }

  #pointOf({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.#element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  #pointerDown = (event: PointerEvent): void => {
    if (event.button !== 0 || (event.target as Element).closest(".map-controls, .map-credits") !== null) return;
    this.#pointers.set(event.pointerId, this.#pointOf(event));
    this.#pressedAt = this.#pointOf(event);
    this.#dragged = this.#pointers.size > 1;
  };

  #pointerMoved = (event: PointerEvent): void => {
    const before = this.#pointers.get(event.pointerId);
    const pressedAt = this.#pressedAt;
    if (before === undefined || pressedAt === null) return;
    const at = this.#pointOf(event);
    if (!this.#dragged && Math.hypot(at.x - pressedAt.x, at.y - pressedAt.y) < DRAG_DISTANCE) return;
    if (!this.#dragged) this.#element.setPointerCapture(event.pointerId);
    this.#dragged = true;
    const [other] = [...this.#pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    this.#pointers.set(event.pointerId, at);
    this.#move((camera, window) => {
      const share = other === undefined ? 1 : 0.5;
      const moved = pan(camera, { x: (at.x - before.x) * share, y: (at.y - before.y) * share }, window);
      if (other === undefined) return moved;
      const factor = distance(at, other) / Math.max(1, distance(before, other));
      return zoom(moved, factor, { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 }, window);
    });
  };

  #pointerUp = (event: PointerEvent): void => {
    this.#pointers.delete(event.pointerId);
  };

  #clicked = (event: MouseEvent): void => {
    if (!this.#dragged) return;
    this.#dragged = false;
    event.stopPropagation();
    event.preventDefault();
  };

  #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    this.#move((camera, window) => zoom(camera, Math.exp(-event.deltaY * lines * WHEEL_ZOOM), this.#pointOf(event), window));
  };

  #doubleClicked = (event: MouseEvent): void => {
    if ((event.target as Element).closest("button, a") !== null) return;
    this.#move((camera, window) => zoom(camera, ZOOM_STEP, this.#pointOf(event), window));
  };

  #keyPressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) {
      this.#move((camera, window) => pan(camera, { x: arrow.x * window.width * PAN_STEP, y: arrow.y * window.height * PAN_STEP }, window));
    } else if (event.key === "+" || event.key === "=") this.zoomBy(ZOOM_STEP);
    else if (event.key === "-") this.zoomBy(1 / ZOOM_STEP);
    else return;
    event.preventDefault();
  };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
