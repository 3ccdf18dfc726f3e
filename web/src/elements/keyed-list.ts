/**
 * A directive that renders a list by key.
 *
 * Lit's `repeat` moves items whose order did not change if the first becomes the last or the other way round, as in a list that
 * scrolls. A moved element loses its focus, and the click or key press that is under way. Here only items whose order changed are
 * moved, and never the one that has the focus.
 */
import { noChange } from "lit";
import { type ChildPart, Directive, directive, type DirectiveResult } from "lit/directive.js";
import { getCommittedValue, insertPart, removePart, setChildPartValue, setCommittedValue } from "lit/directive-helpers.js";

import { previousIndexes, stationaryItems } from "../core/stable-order.ts";

class KeyedListDirective extends Directive {
  #keys: readonly unknown[] = [];

  override render(keys: readonly unknown[], values: readonly unknown[]): unknown {
    this.#keys = keys;
    return values;
  }

  override update(list: ChildPart, [keys, values]: [readonly unknown[], readonly unknown[]]): unknown {
    const parts = getCommittedValue(list);
    // At the first render Lit creates a part for each value.
    if (Array.isArray(parts)) setCommittedValue(list, this.#updateParts(list, parts as readonly ChildPart[], keys, values));
    this.#keys = keys;
    return Array.isArray(parts) ? noChange : values;
  }

  /** Removes, moves and inserts parts; returns one for each key. */
  #updateParts(list: ChildPart, parts: readonly ChildPart[], keys: readonly unknown[], values: readonly unknown[]): readonly ChildPart[] {
    const before = previousIndexes(this.#keys, keys);
    const known = before.map((index) => (index === null ? undefined : parts[index]));
    const remaining = new Set(known);
    for (const part of parts) if (!remaining.has(part)) removePart(part);
    const focused = known.findIndex((part) => part !== undefined && hasFocus(part));
    const stays = stationaryItems(before, focused < 0 ? null : focused);
    // For each item, the next one that stays: new and moved items are inserted before it.
    const next: (ChildPart | undefined)[] = [];
    for (let index = keys.length - 2; index >= 0; index -= 1) next[index] = stays[index + 1] ? known[index + 1] : next[index + 1];
    return values.map((value, index) => {
      const part = known[index];
      return setChildPartValue(part !== undefined && stays[index] ? part : insertPart(list, next[index], part), value);
    });
  }
}

const keyedListDirective = directive(KeyedListDirective);

/** Renders items by key, in their order; of items with the same key, only one keeps its element. */
export function keyedList<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => unknown,
  template: (item: Item, index: number) => unknown,
): DirectiveResult {
  return keyedListDirective(items.map(keyOf), items.map(template));
}

function hasFocus({ startNode, endNode }: ChildPart): boolean {
  const active = document.activeElement;
  for (let node = startNode; node !== null; node = node.nextSibling) {
    if (node.contains(active)) return true;
    if (node === endNode) return false;
  }
  return false;
}
