/**
 * Where each photo of the grid goes: rows of about one height, filled from edge to edge, a section for each day.
 * Days with few photos share a row, each under its own heading: a library of single photos is not mostly white.
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
  readonly left: number;
  readonly width: number;
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

/** Room between two days, above and beside each other. */
const BETWEEN_DAYS = 20;
/** The least width of a day, for its heading. */
const LEAST_DAY = 120;
/** How far the height of a row that several days share may be from what it should be, as parts of it. */
const [LOWEST, TALLEST] = [0.75, 1.6];

/** Lays all groups out, in their order; those that fill less than a row share one. */
export function layOut(groups: readonly Group[], measures: Measures): Layout {
  const [sections, rows, boxes]: [Section[], Strip[], Box[]] = [[], [], []];
  let top = 0;
  for (const { days, height } of breakLines(groups, measures)) {
    const [alone] = days;
    if (height === null && alone !== undefined) top = stack(alone);
    else if (height !== null) top = abreast(days, height);
    top += BETWEEN_DAYS;
  }
  return { height: Math.max(0, top - BETWEEN_DAYS), sections, rows, boxes };

  /** A group in rows of its own; the bottom of it. */
  function stack({ day, ratios }: Group): number {
    const head = day === null ? 0 : measures.head;
    const first = boxes.length;
    let bottom = top + head;
    for (const { begin, end, height } of breakRows(ratios, measures)) {
      rows.push({ first: first + begin, end: first + end, top: bottom, height });
      place(ratios.slice(begin, end), 0, bottom, height);
      bottom += height + measures.gap;
    }
    bottom -= measures.gap;
    sections.push({ day, head, first, end: boxes.length, left: 0, width: measures.width, top, height: bottom - top });
    return bottom;
  }

  /** Days beside each other in one row; the bottom of it. */
  function abreast(days: readonly Group[], height: number): number {
    const { head } = measures;
    const begin = boxes.length;
    let left = 0;
    for (const { day, ratios } of days) {
      const [first, width] = [boxes.length, Math.max(LEAST_DAY, widthOf(ratios, height, measures.gap))];
      place(ratios, left, top + head, height);
      sections.push({ day, head, first, end: boxes.length, left, width, top, height: head + height });
      left += width + BETWEEN_DAYS;
    }
    rows.push({ first: begin, end: boxes.length, top: top + head, height });
    return top + head + height;
  }

  function place(ratios: readonly number[], start: number, top: number, height: number): void {
    let left = start;
    for (const ratio of ratios) {
      const width = Math.min(ratio * height, measures.width);
      boxes.push({ left, top, width, height });
      left += width + measures.gap;
    }
  }
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

/** Groups that stand beside each other in a row of that height; null for one that has rows of its own. */
interface Line {
  readonly days: readonly Group[];
  readonly height: number | null;
}

/** Days that fill less than a row are gathered, in their order, until they fill one; all others stand by themselves. */
function* breakLines(groups: readonly Group[], measures: Measures): Generator<Line> {
  const { width, row, gap } = measures;
  let days: Group[] = [];
  for (const group of groups) {
    const small = group.day !== null && Math.max(LEAST_DAY, widthOf(group.ratios, row, gap)) < width;
    if (days.length > 0) {
      const [without, including] = [heightOf(days, measures), small ? heightOf([...days, group], measures) : 0];
      if (including < LOWEST * row || without - row <= row - including) {
        yield { days, height: small && without <= TALLEST * row ? without : Math.min(row, without) };
        days = [];
      }
    }
    if (small) days.push(group);
    else yield { days: [group], height: null };
  }
  if (days.length > 0) yield { days, height: Math.min(row, heightOf(days, measures)) };
}

/** The height at which these days, beside each other, are as wide as the grid; 0 if it has no room for their headings. */
function heightOf(days: readonly Group[], { width, gap }: Measures): number {
  let wide = days;
  for (;;) {
    // A day narrower than its heading has a fixed width, which leaves less to the others.
    const gaps = wide.reduce((sum, { ratios }) => sum + gap * (ratios.length - 1), BETWEEN_DAYS * (days.length - 1));
    const ratio = wide.reduce((sum, { ratios }) => sum + total(ratios), 0);
    const left = width - gaps - LEAST_DAY * (days.length - wide.length);
    if (wide.length === 0) return left < 0 ? 0 : Infinity;
    const height = left / ratio;
    const still = wide.filter(({ ratios }) => widthOf(ratios, height, gap) >= LEAST_DAY);
    if (still.length === wide.length) return height;
    wide = still;
  }
}

function widthOf(ratios: readonly number[], height: number, gap: number): number {
  return total(ratios) * height + gap * (ratios.length - 1);
}

function total(ratios: readonly number[]): number {
  return ratios.reduce((sum, ratio) => sum + ratio, 0);
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
