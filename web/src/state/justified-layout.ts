/**
 * The justified layout of the grid: rows of similar height that fill the width, with a section for each day. Days with
 * few photos share a row, each under its own heading, to avoid white space.
 *
 * It is computed for all photos at once, so that only those near the viewport are in the document while the page keeps
 * its full height. All lengths are CSS px; `top` is relative to the grid.
 */

export interface LayoutOptions {
  readonly width: number;
  /** The target height of rows. */
  readonly rowHeight: number;
  readonly gap: number;
  /** The height of a section's heading. */
  readonly headingHeight: number;
}

/** Photos of one section: their day, or null, and their aspect ratios (width / height). */
export interface LayoutGroup {
  readonly day: number | null;
  readonly ratios: readonly number[];
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Indexes from `first` to before `end`. */
export interface IndexRange {
  readonly first: number;
  readonly end: number;
}

interface Strip extends IndexRange {
  readonly top: number;
  readonly height: number;
}

export interface Section extends Strip {
  readonly day: number | null;
  readonly left: number;
  readonly width: number;
  /** The height of its heading; 0 if it has none. */
  readonly headingHeight: number;
}

export interface Layout {
  readonly height: number;
  readonly sections: readonly Section[];
  readonly rows: readonly Strip[];
  /** By index in the whole list. */
  readonly boxes: readonly Box[];
}

export type Direction = "left" | "right" | "up" | "down" | "first" | "last";

/** The gap between two days, vertically and horizontally. */
const DAY_GAP = 20;
/** The minimum width of a day, px, for its heading: a date with its year, and the checkbox. */
const MIN_DAY_WIDTH = 156;
/** The limits of the height of a shared row, relative to the target height. */
const [MIN_HEIGHT_RATIO, MAX_HEIGHT_RATIO] = [0.75, 1.6];

/** Lays out all groups in order; those that fill less than a row share one. */
export function computeLayout(groups: readonly LayoutGroup[], measures: LayoutOptions): Layout {
  const [sections, rows, boxes]: [Section[], Strip[], Box[]] = [[], [], []];
  let top = 0;
  for (const { days, height } of breakLines(groups, measures)) {
    const [alone] = days;
    if (height === null && alone !== undefined) top = addRows(alone);
    else if (height !== null) top = addSharedRow(days, height);
    top += DAY_GAP;
  }
  return { height: Math.max(0, top - DAY_GAP), sections, rows, boxes };

  /** Adds a group in its own rows; returns its bottom. */
  function addRows({ day, ratios }: LayoutGroup): number {
    const headingHeight = day === null ? 0 : measures.headingHeight;
    const first = boxes.length;
    let bottom = top + headingHeight;
    for (const { begin, end, height } of breakRows(ratios, measures)) {
      rows.push({ first: first + begin, end: first + end, top: bottom, height });
      addBoxes(ratios.slice(begin, end), 0, bottom, height);
      bottom += height + measures.gap;
    }
    bottom -= measures.gap;
    sections.push({ day, headingHeight, first, end: boxes.length, left: 0, width: measures.width, top, height: bottom - top });
    return bottom;
  }

  /** Adds days side by side in one row; returns its bottom. */
  function addSharedRow(days: readonly LayoutGroup[], height: number): number {
    const { headingHeight } = measures;
    const begin = boxes.length;
    let left = 0;
    for (const { day, ratios } of days) {
      const [first, width] = [boxes.length, Math.max(MIN_DAY_WIDTH, rowWidth(ratios, height, measures.gap))];
      addBoxes(ratios, left, top + headingHeight, height);
      sections.push({ day, headingHeight, first, end: boxes.length, left, width, top, height: headingHeight + height });
      left += width + DAY_GAP;
    }
    rows.push({ first: begin, end: boxes.length, top: top + headingHeight, height });
    return top + headingHeight + height;
  }

  function addBoxes(ratios: readonly number[], start: number, top: number, height: number): void {
    let left = start;
    for (const ratio of ratios) {
      const width = Math.min(ratio * height, measures.width);
      boxes.push({ left, top, width, height });
      left += width + measures.gap;
    }
  }
}

/** Indexes of the photos whose rows overlap the range from `top` to `bottom`. */
export function indexesBetween({ rows }: Layout, top: number, bottom: number): IndexRange {
  const reaching = rows.slice(firstEndingBelow(rows, top), firstStartingBelow(rows, bottom));
  return { first: reaching[0]?.first ?? 0, end: reaching.at(-1)?.end ?? 0 };
}

/** The index of the first photo whose row starts at or below `top`; of the last row if none does; 0 if there are none. */
export function firstIndexFrom(layout: Layout, top: number): number {
  return rowFrom(layout, top).first;
}

/** Indexes of the photos of the first row that starts at or below `top`; of the last row if none does. */
export function rowFrom({ rows }: Layout, top: number): IndexRange {
  return rows[firstStartingBelow(rows, top)] ?? rows.at(-1) ?? { first: 0, end: 0 };
}

/** Sections that overlap the range from `top` to `bottom`, and the one that contains `index`, in order. */
export function sectionsBetween({ sections }: Layout, top: number, bottom: number, index: number | null): readonly Section[] {
  const near = sections.slice(firstEndingBelow(sections, top), firstStartingBelow(sections, bottom));
  const own = index === null ? undefined : sections.find(({ first, end }) => first <= index && index < end);
  if (own === undefined || near.includes(own)) return near;
  return near[0] !== undefined && near[0].top > own.top ? [own, ...near] : [...near, own];
}

/** Indexes of a section that are in `near`, and the `pinned` one, in order. */
export function indexesToRender({ first, end }: IndexRange, near: IndexRange, pinned: number): readonly number[] {
  const indexes: number[] = [];
  const isPinned = pinned >= first && pinned < end;
  if (isPinned && pinned < near.first) indexes.push(pinned);
  for (let index = Math.max(first, near.first); index < Math.min(end, near.end); index += 1) indexes.push(index);
  if (isPinned && pinned >= near.end) indexes.push(pinned);
  return indexes;
}

/** The index that an arrow key leads to; the same one at an edge. */
export function neighbor({ rows, boxes }: Layout, index: number, direction: Direction): number {
  const [box, last] = [boxes[index], boxes.length - 1];
  if (box === undefined) return index;
  if (direction === "first") return 0;
  if (direction === "last") return last;
  if (direction === "left") return Math.max(0, index - 1);
  if (direction === "right") return Math.min(last, index + 1);
  const row = rows.findIndex(({ first, end }) => first <= index && index < end);
  const other = rows[row + (direction === "up" ? -1 : 1)];
  if (other === undefined) return index;
  const middle = box.left + box.width / 2;
  let nearest = other.first;
  for (let candidate = other.first; candidate < other.end; candidate += 1) {
    if (distance(boxes[candidate], middle) < distance(boxes[nearest], middle)) nearest = candidate;
  }
  return nearest;
}

function distance(box: Box | undefined, middle: number): number {
  return box === undefined ? Infinity : Math.abs(box.left + box.width / 2 - middle);
}

/** Groups that share a row of that height; null for a group with its own rows. */
interface Line {
  readonly days: readonly LayoutGroup[];
  readonly height: number | null;
}

/** Collects days that fill less than a row, in order, until they fill one; all others are alone. */
function* breakLines(groups: readonly LayoutGroup[], measures: LayoutOptions): Generator<Line> {
  const { width, rowHeight, gap } = measures;
  let days: LayoutGroup[] = [];
  for (const group of groups) {
    const small = group.day !== null && Math.max(MIN_DAY_WIDTH, rowWidth(group.ratios, rowHeight, gap)) < width;
    if (days.length > 0) {
      const [without, including] = [sharedRowHeight(days, measures), small ? sharedRowHeight([...days, group], measures) : 0];
      if (including < MIN_HEIGHT_RATIO * rowHeight || without - rowHeight <= rowHeight - including) {
        yield { days, height: small && without <= MAX_HEIGHT_RATIO * rowHeight ? without : Math.min(rowHeight, without) };
        days = [];
      }
    }
    if (small) days.push(group);
    else yield { days: [group], height: null };
  }
  if (days.length > 0) yield { days, height: Math.min(rowHeight, sharedRowHeight(days, measures)) };
}

/** The height at which these days, side by side, fill the grid's width; 0 if their headings do not fit. */
function sharedRowHeight(days: readonly LayoutGroup[], { width, gap }: LayoutOptions): number {
  let wide = days;
  for (;;) {
    // A day narrower than its heading has a fixed width, which leaves less for the others.
    const gaps = wide.reduce((sum, { ratios }) => sum + gap * (ratios.length - 1), DAY_GAP * (days.length - 1));
    const ratio = wide.reduce((sum, { ratios }) => sum + total(ratios), 0);
    const left = width - gaps - MIN_DAY_WIDTH * (days.length - wide.length);
    if (wide.length === 0) return left < 0 ? 0 : Infinity;
    const height = left / ratio;
    const still = wide.filter(({ ratios }) => rowWidth(ratios, height, gap) >= MIN_DAY_WIDTH);
    if (still.length === wide.length) return height;
    wide = still;
  }
}

function rowWidth(ratios: readonly number[], height: number, gap: number): number {
  return total(ratios) * height + gap * (ratios.length - 1);
}

function total(ratios: readonly number[]): number {
  return ratios.reduce((sum, ratio) => sum + ratio, 0);
}

/** A row ends where its height is closest to the target; the last row has the target height and may be narrower. */
function* breakRows(
  ratios: readonly number[],
  { width, rowHeight, gap }: LayoutOptions,
): Generator<{ begin: number; end: number; height: number }> {
  let [begin, sum] = [0, 0];
  const heightOf = (total: number, count: number) => Math.max(1, (width - gap * (count - 1)) / total);
  for (const [index, ratio] of ratios.entries()) {
    const without = heightOf(sum, index - begin);
    const including = heightOf(sum + ratio, index - begin + 1);
    if (index > begin && without - rowHeight <= rowHeight - including) {
      yield { begin, end: index, height: without };
      [begin, sum] = [index, 0];
    }
    sum += ratio;
  }
  if (begin < ratios.length) yield { begin, end: ratios.length, height: Math.min(rowHeight, heightOf(sum, ratios.length - begin)) };
}

/** The index of the first strip that ends below `top`. */
function firstEndingBelow(strips: readonly Strip[], top: number): number {
  return partitionPoint(strips, (strip) => strip.top + strip.height <= top);
}

/** The index of the first strip that starts at or below `bottom`. */
function firstStartingBelow(strips: readonly Strip[], bottom: number): number {
  return partitionPoint(strips, (strip) => strip.top < bottom);
}

/** How many strips at the front match; all that match come before those that do not. */
function partitionPoint(strips: readonly Strip[], matches: (strip: Strip) => boolean): number {
  let [low, high] = [0, strips.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const strip = strips[middle];
    if (strip !== undefined && matches(strip)) low = middle + 1;
    else high = middle;
  }
  return low;
}
