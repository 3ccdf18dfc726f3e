import { expect, it } from "vitest";

import { makeShare } from "../fakes/shares.ts";
import { describeTerms, describeUse, describeWrongPasswords, nameShare } from "./sharing.ts";

it("distinguishes links without a name", () => {
  const share = makeShare("s1", { created_at: new Date(2026, 10, 27, 14, 3).toISOString() });
  const named = (overrides: Partial<typeof share>, titled: boolean) => {
    const { heading, label } = nameShare({ ...share, ...overrides }, titled);
    return [heading, label].map((text) => text.replace(/\s/g, " "));
  };
  expect(named({}, false)).toEqual(["Link of Nov 27, 2026, 2:03 PM", "Link of Nov 27, 2026, 2:03 PM"]);
  expect(named({}, true)).toEqual(["Summer", "Summer, Nov 27, 2026, 2:03 PM"]);
  expect(named({ title: "" }, true)[0]).toBe("3 photos");
  expect(named({ name: "Family" }, true)).toEqual(["Family", "Family"]);
});

it("says what a link lets guests do", () => {
  expect(describeTerms(makeShare("s1"))).toEqual(["Download"]);
  const ends = "2027-01-31T12:00:00Z";
  const terms = describeTerms(makeShare("s1", { download: "none", add: true, review: true, has_password: true, expires_at: ends }));
  expect(terms.slice(0, 3)).toEqual(["View only", "Guests may add photos, which you review", "Password"]);
  expect(terms[3]).toMatch(/^Ends Jan 31, 2027/);
  expect(describeTerms(makeShare("s1", { expires_at: ends, state: "expired" }))).toEqual(["Download"]);
});

it("says how a link has been used", () => {
  expect(describeUse(makeShare("s1"))).toEqual([]);
  expect(describeUse(makeShare("s1", { add: true }))).toEqual([]);
  const uploads = { photos: 23, bytes: 91_000_000, max_photos: 200, max_bytes: 5_000_000_000 };
  expect(describeUse(makeShare("s1", { passes: 14, add: true, uploads }))).toEqual([
    "Password entered 14 times",
    "23 of 200 photos added, 91 MB",
  ]);
});

it("says when the last wrong password was entered", () => {
  const last = new Date(2026, 10, 27, 14, 3);
  const today = describeWrongPasswords(12, last.toISOString(), new Date(2026, 10, 27, 18).getTime());
  expect(today?.replace(/\s/g, " ")).toBe("12 wrong passwords, last today at 2:03 PM");
  const later = describeWrongPasswords(1, last.toISOString(), new Date(2026, 10, 28).getTime());
  expect(later?.replace(/\s/g, " ")).toBe("1 wrong password, on Nov 27, 2026, 2:03 PM");
  expect(describeWrongPasswords(0, null, 0)).toBeNull();
});
