/**
 * Names of the filters of a search.
 */
import { describeDates, strings } from "../i18n/common.ts";
import { formatMonthDay, formatTag } from "../i18n/format.ts";
import type { Chip } from "../state/chips.ts";
import { lastDayBefore, viewYear } from "../state/view.ts";

/** Names a filter, as on its chip. */
export function describeChip(chip: Chip): string {
  switch (chip.kind) {
    case "word":
      return strings.quoted(chip.name);
    case "tag":
      return formatTag(chip.name);
    case "excluded":
      return `${strings.without} ${formatTag(chip.name)}`;
    case "camera":
    case "place":
      return chip.name;
    case "dates":
      return viewYear(chip) ?? describeDates(chip.from, chip.to);
    case "on":
      return describeDay(formatMonthDay(chip.day), chip.to);
    case "favorite":
      return strings.favorites;
    case "rating":
      return strings.ratedAtLeast(chip.rating);
    case "bounds":
      return strings.inMapArea;
  }
}

function describeDay(day: string, to: string | null): string {
  if (to === null) return strings.everyYear(day);
  return to === lastDayBefore(new Date())
    ? strings.earlierYears(day)
    : strings.titleList([strings.everyYear(day), describeDates(null, to)]);
}

/** Names several filters in one text. */
export function describeChips(chips: readonly Chip[]): string {
  return strings.and(chips.map(describeChip));
}
