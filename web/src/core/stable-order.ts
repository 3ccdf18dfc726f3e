/**
 * Which items of a list can stay where they are when it is updated: an element that is moved in the document loses its focus, and
 * the click or key press that is under way.
 */

/** Returns each item's index in the old list, or null if it is new; each old item is found once, also if keys are repeated. */
export function previousIndexes(oldKeys: readonly unknown[], keys: readonly unknown[]): (number | null)[] {
  const indexes = new Map(oldKeys.map((key, index) => [key, index]));
  return keys.map((key) => {
    const index = indexes.get(key) ?? null;
    indexes.delete(key);
    return index;
  });
}

/**
 * Returns for each item whether it stays; all others are inserted or moved.
 *
 * `before` has each item's index in the old list, or null if it is new. The item at index `pinned` stays; if the order of the
 * others did not change, all of them stay too.
 */
export function stationaryItems(before: readonly (number | null)[], pinned: number | null = null): boolean[] {
  const stays = before.map(() => false);
  const last = pinned ?? before.length - 1;
  let [low, high] = [before[last] ?? -1, before[last] ?? Infinity];
  for (let index = last; index >= 0; index -= 1) {
    const old = before[index] ?? null;
    if (old === null || (index !== last && old >= high)) continue;
    [stays[index], high] = [true, old];
  }
  for (let index = last + 1; index < before.length; index += 1) {
    const old = before[index] ?? null;
    if (old === null || old <= low) continue;
    [stays[index], low] = [true, old];
  }
  return stays;
}
