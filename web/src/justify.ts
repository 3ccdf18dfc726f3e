/**
 * Where each photo of the grid goes: rows of about one height, filled from edge to edge, a section for each day.
 *
 * Worked out for all photos at once, so that only those near the window need to be in the document while the page
 * keeps its full height. All measures are CSS px; `top` counts from the grid's own top.
 */

export interface Measures {
  readonly width: number;
  /** Height that rows are near to. */
  readonly row: number;
  readonly gap: number;
  /** Height of a section's heading. */
  readonly head: number;
}

/** Photos that stand together: their day, or null where there is none, and how wide each is for its height. */
export interface Group {
  readonly day: number | null;
  readonly ratios: readonly number[];
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Places from `first` to before `end`. */
export interface Span {
  readonly first: number;
  readonly end: number;
}

interface Strip extends Span {
  readonly top: number;
  readonly height: number;
}

export interface Section extends Strip {
  readonly day: number | null;
  /** Height of its heading; 0 where it has none. */
  readonly head: number;
}

export interface Layout {
  readonly height: number;
  readonly sections: readonly Section[];
  readonly rows: readonly Strip[];
  /** By place in the whole list. */
  readonly boxes: readonly Box[];
}

export type Direction = "left" | "right" | "up" | "down" | "first" | "last";

/** Room between two days. */
const BETWEEN_DAYS = 20;

/** Lays all groups out, one below the other. */
export function layOut(groups: readonly Group[], measures: Measures): Layout {
  const [sections, rows, boxes]: [Section[], Strip[], Box[]] = [[], [], []];
  let top = 0;
  for (const { day, ratios } of groups) {
    const head = day === null ? 0 : measures.head;
    const [start, first] = [top, boxes.length];
    top += head;
    for (const { begin, end, height } of breakRows(ratios, measures)) {
      let left = 0;
      rows.push({ first: first + begin, end: first + end, top, height });
      for (const ratio of ratios.slice(begin, end)) {
        const width = Math.min(ratio * height, measures.width);
        boxes.push({ left, top, width, height });
        left += width + measures.gap;
      }
      top += height + measures.gap;
    }
    top -= measures.gap;
    sections.push({ day, head, first, end: boxes.length, top: start, height: top - start });
    top += BETWEEN_DAYS;
  }
  return { height: Math.max(0, top - BETWEEN_DAYS), sections, rows, boxes };
}

/** Places of the photos whose rows reach into the part from `top` to `bottom`. */
export function placesBetween({ rows }: Layout, top: number, bottom: number): Span {
  const reaching = rows.slice(firstPast(rows, top), firstBegun(rows, bottom));
  return { first: reaching[0]?.first ?? 0, end: reaching.at(-1)?.end ?? 0 };
}

/** Sections that hold any of these places, or reach into the part from `top` to `bottom`, in order. */
export function sectionsBetween({ sections }: Layout, top: number, bottom: number, place: number | null): readonly Section[] {
  const near = sections.slice(firstPast(sections, top), firstBegun(sections, bottom));
  const own = place === null ? undefined : sections.find(({ first, end }) => first <= place && place < end);
  if (own === undefined || near.includes(own)) return near;
  return near[0] !== undefined && near[0].top > own.top ? [own, ...near] : [...near, own];
}

/** Places of a section that are in `near`, and the one that is held, in order. */
export function placesOf({ first, end }: Span, near: Span, held: number): readonly number[] {
  const places: number[] = [];
  const isHeld = held >= first && held < end;
  if (isHeld && held < near.first) places.push(held);
  for (let place = Math.max(first, near.first); place < Math.min(end, near.end); place += 1) places.push(place);
  if (isHeld && held >= near.end) places.push(held);
  return places;
}

/** The place that an arrow key leads to; the same one at an edge. */
export function neighbour({ rows, boxes }: Layout, place: number, direction: Direction): number {
  const [box, last] = [boxes[place], boxes.length - 1];
  if (box === undefined) return place;
  if (direction === "first") return 0;
  if (direction === "last") return last;
  if (direction === "left") return Math.max(0, place - 1);
  if (direction === "right") return Math.min(last, place + 1);
  const row = rows.findIndex(({ first, end }) => first <= place && place < end);
  const other = rows[row + (direction === "up" ? -1 : 1)];
  if (other === undefined) return place;
  const middle = box.left + box.width / 2;
  let nearest = other.first;
  for (let candidate = other.first; candidate < other.end; candidate += 1) {
    if (apart(boxes[candidate], middle) < apart(boxes[nearest], middle)) nearest = candidate;
  }
  return nearest;
}

function apart(box: Box | undefined, middle: number): number {
  return box === undefined ? Infinity : Math.abs(box.left + box.width / 2 - middle);
}

/** A row ends where its height is nearest to what it should be; the last one keeps that height and may be shorter. */
function* breakRows(ratios: readonly number[], { width, row, gap }: Measures): Generator<{ begin: number; end: number; height: number }> {
  let [begin, sum] = [0, 0];
  const heightOf = (total: number, count: number) => Math.max(1, (width - gap * (count - 1)) / total);
  for (const [place, ratio] of ratios.entries()) {
    const without = heightOf(sum, place - begin);
    const including = heightOf(sum + ratio, place - begin + 1);
    if (place > begin && without - row <= row - including) {
      yield { begin, end: place, height: without };
      [begin, sum] = [place, 0];
    }
    sum += ratio;
  }
  if (begin < ratios.length) yield { begin, end: ratios.length, height: Math.min(row, heightOf(sum, ratios.length - begin)) };
}

/** Index of the first strip that ends below `top`. */
function firstPast(strips: readonly Strip[], top: number): number {
  return partition(strips, (strip) => strip.top + strip.height <= top);
}

/** Index of the first strip that begins at `bottom` or below. */
function firstBegun(strips: readonly Strip[], bottom: number): number {
  return partition(strips, (strip) => strip.top < bottom);
}

/** How many strips at the front are so; those that are all stand before those that are not. */
function partition(strips: readonly Strip[], isSo: (strip: Strip) => boolean): number {
  let [low, high] = [0, strips.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const strip = strips[middle];
    if (strip !== undefined && isSo(strip)) low = middle + 1;
    else high = middle;
  }
  return low;
}
