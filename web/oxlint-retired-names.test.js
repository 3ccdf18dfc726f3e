import { RuleTester } from "oxlint/plugins-dev";
import { describe, expect, it } from "vitest";
import { retiredNames, retiredWords } from "./oxlint-retired-names.js";

RuleTester.describe = describe;
RuleTester.it = it;

it.each([
  ["template", []],
  ["told", ["told"]],
  ["isShown", ["shown"]],
  ["KEPT_FOR", ["kept"]],
  ["ShelfDoor", ["shelf", "door"]],
])("splits %s at underscores and capitals", (name, words) => {
  expect(retiredWords(name)).toEqual(words);
});

new RuleTester().run("retired-names", retiredNames, {
  valid: ['const a = "told"; // kept'],
  invalid: [
    ...["const told = 1;", "a.told();", "class Desk {}", "class A { #kept = 1; }", "(shown) => 1;"].map((code) => ({
      code,
      errors: [{ messageId: "retired" }],
    })),
    { code: "const { said } = a;", errors: 2 }, // the property and the variable
    { code: "1;", filename: "src/porter.js", errors: ["'src/porter.js' uses the retired word 'porter'."] },
  ],
});
