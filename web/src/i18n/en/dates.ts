/**
 * English: dates that photos were taken, and their correction.
 */
import { formatNumber, plural } from "../format.ts";

export const english = {
  title: (count: number) => plural(count, { one: "Edit date of # photo", other: "Edit dates of # photos" }),
  close: "Close",
  mode: "What to change",
  modes: {
    set: ["Date and time", "The same for all"],
    shift: ["Shift", "Forward or back"],
    zone: ["Time zone", "The clock stays the same"],
    reset: ["Camera's time", "Undo all corrections"],
  },
  dateTaken: "Date taken",
  date: "Date",
  time: "Time",
  zone: "Time zone",
  unknownZone: "Unknown",
  keepZone: "Don't change",
  chooseZone: "Choose a time zone",
  direction: "Direction",
  forward: "Forward",
  back: "Back",
  days: "Days",
  hours: "Hours",
  minutes: "Minutes",
  noShift: "Enter by how much to shift.",
  undated: (count: number, total: number) =>
    plural(count, {
      one:
        total === 1 ? "This photo has no date yet. Set one first." : `# of ${formatNumber(total)} photos has no date and can't be changed.`,
      other:
        count === total
          ? "These photos have no date yet. Set one first."
          : `# of ${formatNumber(total)} photos have no date and can't be changed.`,
    }),
  shifted: (filename: string, from: string, to: string) => `${filename}: ${from} becomes ${to}.`,
  impossible: (filename: string, to: string) =>
    `${filename}: ${to} isn't possible. A photo can be taken from the year 1826 to the day it is added.`,
  resetHint: "Corrected dates go back to what the camera recorded.",
  apply: (count: number) => plural(count, { one: "Change date", other: "Change dates" }),
  save: "Save date",
  unchanged: "Change the date, the time or the time zone first.",
  undo: "Undo",
  cameraTime: (time: string) => `Corrected. The camera's time is ${time}.`,
  noCameraTime: "You set this date. The file has none.",
  reset: "Reset to the camera's time",
  removeDate: "Remove date",
} as const;
