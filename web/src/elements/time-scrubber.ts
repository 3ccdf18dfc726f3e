/**
 * The scrubber at the right edge of the timeline: years and months by their share of the photos. It follows the scroll
 * position, and goes to a month by click, drag or keys. Loaded for libraries of several months.
 */
import "../styles/time-scrubber.css";

import { html, nothing, type TemplateResult } from "lit";

import { systemClock } from "../core/clock.ts";
import { formatMonth, scrubberStrings } from "../i18n/scrubber.ts";
import { isStillAt, monthByKey, monthIndexAt, positionOf, type ScaleMonth, type TimelineTop, yearMarks } from "../state/time-scale.ts";
import { customProperties } from "./custom-properties.ts";
import { defineOnce, PageElement } from "./page-element.ts";

/** The least distance between two years, px. */
const YEAR_DISTANCE = 22;
/** How long after the last key the photos of the month are loaded, ms. */
const KEY_DELAY = 400;
/** How long the scrubber stays after scrolling, ms. */
const SCROLL_DELAY = 1600;
/** Pointer movement from which a press of the thumb is a drag, px. */
const DRAG_DISTANCE = 4;

/** Where the pointer is on the scrubber. */
interface Drag {
  readonly pointerId: number;
  readonly startY: number;
  /** Distance of the thumb's center from the pointer, px. */
  readonly grip: number;
  readonly moved: boolean;
}

/** Creates the scrubber; `timelineTop` returns what the timeline shows at the top of the window; null if it has no photos. */
export function createTimeScrubber(timelineTop: () => TimelineTop | null): TimeScrubber {
  defineOnce("tintype-time-scrubber", TimeScrubber);
  return new TimeScrubber(timelineTop);
}

export class TimeScrubber extends PageElement {
  static override properties = {
    scale: { attribute: false },
    month: { attribute: false },
    target: { state: true },
    scrolling: { state: true },
  };
  declare scale: readonly ScaleMonth[];
  /** The month that the timeline was taken to, until it is scrolled away from it; else null. Several months may share a row. */
  declare month: string | null;
  /** The position that a pointer or keys point at, from 0 to 1; null if none. */
  declare target: number | null;
  declare scrolling: boolean;
  readonly #timelineTop: () => TimelineTop | null;
  #drag: Drag | null = null;
  #cancelJump: () => void = () => undefined;
  #cancelHiding: () => void = () => undefined;

  constructor(timelineTop: () => TimelineTop | null) {
    super();
    this.#timelineTop = timelineTop;
    this.scale = [];
    this.month = null;
    this.target = null;
    this.scrolling = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("scroll", this.#scrolled, { passive: true });
    addEventListener("resize", this.#windowResized);
  }

  override disconnectedCallback(): void {
    removeEventListener("scroll", this.#scrolled);
    removeEventListener("resize", this.#windowResized);
    this.#cancelJump();
    this.#cancelHiding();
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { scale, target } = this;
    const current = this.#position();
    const index = monthIndexAt(scale, target ?? current);
    const month = scale[index];
    if (month === undefined) return nothing;
    const last = scale.length - 1;
    const name = formatMonth(month.month);
    return html`<div
      class="scrubber ${this.scrolling || this.#drag !== null ? "active" : ""}"
      role="slider"
      tabindex="0"
      aria-label=${scrubberStrings.label}
      aria-orientation="vertical"
      aria-valuemin="0"
      aria-valuemax=${last}
      aria-valuenow=${last - index}
      aria-valuetext=${name}
      ${customProperties({ "--position": String(current), "--target": String(target ?? current) })}
      @keydown=${this.#keyPressed}
      @blur=${this.#focusLost}
      @pointerdown=${this.#pointerDown}
      @pointermove=${this.#pointerMoved}
      @pointerup=${this.#pointerUp}
      @pointercancel=${this.#pointerCanceled}
      @pointerleave=${this.#pointerLeft}
    >
      ${this.#marks()}
      <span class="scrubber-thumb"></span>
      ${target === null ? nothing : html`<span class="scrubber-target"></span><span class="scrubber-bubble">${name}</span>`}
    </div>`;
  }

  #marks(): TemplateResult[] {
    const height = this.#trackBox().height || innerHeight;
    const mark = (position: number) => customProperties({ "--mark": String(position) });
    const years = yearMarks(this.scale, YEAR_DISTANCE / height);
    const beginnings = new Set(years.map(({ position }) => position));
    return [
      ...years.map(({ year, position }) => html`<span class="scrubber-year" ${mark(position)}>${year}</span>`),
      ...this.scale
        .filter(({ start }) => !beginnings.has(start))
        .map(({ start }) => html`<span class="scrubber-month" ${mark(start)}></span>`),
    ];
  }

  #position(): number {
    const top = this.#timelineTop();
    const month = this.scale.find((other) => other.month === this.month);
    if (month !== undefined && isStillAt(month.month, top)) return month.start;
    return top === null ? 0 : positionOf(this.scale, top.newest);
  }

  /** The part of the scrubber that the scale fills. */
  #trackBox(): { readonly top: number; readonly height: number } {
    const slider = this.querySelector(".scrubber");
    if (slider === null) return { top: 0, height: 0 };
    const { top, height } = slider.getBoundingClientRect();
    const padding = parseFloat(getComputedStyle(slider).paddingTop);
    return { top: top + padding, height: height - 2 * padding };
  }

  #shareAt(y: number): number {
    const { top, height } = this.#trackBox();
    return height === 0 ? 0 : Math.min(1, Math.max(0, (y - top) / height));
  }

  #jump(): void {
    const { target } = this;
    this.#cancelJump();
    if (target === null) return;
    this.target = null;
    const index = monthIndexAt(this.scale, target);
    this.month = this.scale[index]?.month ?? null;
    this.emit("go-to-month", index === 0 ? null : this.month);
  }

  #cancel(): void {
    this.#cancelJump();
    this.#drag = null;
    this.target = null;
    this.requestUpdate();
  }

  #scrolled = (): void => {
    if (this.month !== null && !isStillAt(this.month, this.#timelineTop())) this.month = null;
    this.scrolling = true;
    this.requestUpdate();
    this.#cancelHiding();
    this.#cancelHiding = systemClock.after(SCROLL_DELAY, () => {
      this.scrolling = false;
    });
  };

  #windowResized = (): void => {
    this.requestUpdate();
  };

  #pointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const onThumb = (event.target as Element).matches(".scrubber-thumb");
    const { top, height } = this.#trackBox();
    const grip = onThumb ? top + this.#position() * height - event.clientY : 0;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.#drag = { pointerId: event.pointerId, startY: event.clientY, grip, moved: !onThumb };
    if (!onThumb) this.target = this.#shareAt(event.clientY);
  };

  #pointerMoved = (event: PointerEvent): void => {
    const drag = this.#drag;
    if (drag === null) {
      if (event.pointerType === "mouse") this.target = this.#shareAt(event.clientY);
      return;
    }
    if (event.pointerId !== drag.pointerId) return;
    const moved = drag.moved || Math.abs(event.clientY - drag.startY) >= DRAG_DISTANCE;
    this.#drag = { ...drag, moved };
    if (moved) this.target = this.#shareAt(event.clientY + drag.grip);
  };

  #pointerUp = (event: PointerEvent): void => {
    if (event.pointerId !== this.#drag?.pointerId) return;
    const { moved } = this.#drag;
    this.#drag = null;
    if (moved) this.#jump();
    this.requestUpdate();
  };

  #pointerCanceled = (): void => {
    this.#cancel();
  };

  #pointerLeft = (): void => {
    if (this.#drag === null) this.#cancel();
  };

  #focusLost = (): void => {
    if (this.#drag === null) this.#cancel();
  };

  #keyPressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const index = monthIndexAt(this.scale, this.target ?? this.#position());
    const to = event.key === "Enter" ? index : event.key === "Escape" ? null : monthByKey(this.scale, index, event.key);
    if (to === undefined) return;
    event.preventDefault();
    if (to === null) this.#cancel();
    else {
      const { start, end } = this.scale[to] ?? { start: 0, end: 0 };
      this.target = (start + end) / 2;
      this.#cancelJump();
      const jump = () => {
        this.#jump();
      };
      if (event.key === "Enter") jump();
      else this.#cancelJump = systemClock.after(KEY_DELAY, jump);
    }
  };
}
