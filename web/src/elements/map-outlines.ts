/**
 * Draws the outlines of the map on a canvas.
 */
import { lazyImport } from "../core/lazy-import.ts";
import { type Outline, type Outlines, readOutlines } from "../state/map-outlines.ts";
import type { Camera, Size } from "../state/map-projection.ts";

/** From this scale on, the detailed outlines are drawn, px. */
export const DETAILED_SCALE = 5000;

export const loadOutlines = lazyImport(async () => readOutlines((await import("world-atlas/countries-110m.json")).default));
export const loadDetailedOutlines = lazyImport(async () => readOutlines((await import("world-atlas/countries-50m.json")).default));

/** Draws the outlines in the colors of the canvas's style. */
export function drawOutlines(canvas: HTMLCanvasElement, { land, borders }: Outlines, camera: Camera, { width, height }: Size): void {
  const context = canvas.getContext("2d");
  if (context === null) return;
  const ratio = devicePixelRatio;
  const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) Object.assign(canvas, { width: pixelWidth, height: pixelHeight });
  const style = getComputedStyle(canvas);
  const { center, scale } = camera;
  const [halfWidth, halfHeight] = [width / 2 / scale, height / 2 / scale];
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = style.getPropertyValue("--map-land");
  context.strokeStyle = style.getPropertyValue("--map-border");
  // Outlines reach up to one turn beyond the square.
  for (let turn = Math.floor(center.x - halfWidth) - 1; turn <= Math.floor(center.x + halfWidth) + 1; turn += 1) {
    const [left, top] = [center.x - halfWidth - turn, center.y - halfHeight];
    const isVisible = (outline: Outline) =>
      outline.right >= left && outline.left <= left + 2 * halfWidth && outline.bottom >= top && outline.top <= top + 2 * halfHeight;
    context.setTransform(ratio, 0, 0, ratio, -left * scale * ratio, -top * scale * ratio);
    context.fill(pathOf(land.filter(isVisible), scale), "evenodd");
    context.stroke(pathOf(borders.filter(isVisible), scale));
  }
}

function pathOf(outlines: readonly Outline[], scale: number): Path2D {
  const path = new Path2D();
  for (const line of outlines.flatMap(({ lines }) => lines)) {
    for (let index = 0; index < line.length; index += 2) {
      const [x, y] = [(line[index] ?? 0) * scale, (line[index + 1] ?? 0) * scale];
      if (index === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
  }
  return path;
}
