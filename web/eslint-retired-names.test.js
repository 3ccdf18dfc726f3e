import { Linter } from "eslint";
import { expect, it } from "vitest";
import { retiredNames, retiredWords } from "./eslint-retired-names.js";

const lint = (code, filename = "src/a.js") =>
  new Linter()
    .verify(
      code,
      { plugins: { tintype: { rules: { "retired-names": retiredNames } } }, rules: { "tintype/retired-names": "error" } },
      filename,
    )
    .map((message) => message.message);

it.each([
  ["template", []],
  ["told", ["told"]],
  ["isShown", ["shown"]],
  ["KEPT_FOR", ["kept"]],
  ["ShelfDoor", ["shelf", "door"]],
])("splits %s at underscores and capitals", (name, words) => {
  expect(retiredWords(name)).toEqual(words);
});

it.each(["const told = 1;", "a.told();", "class Desk {}", "class A { #kept = 1; }", "(shown) => 1;", "const { said } = a;"])(
  "refuses a retired word as a name: %s",
  (code) => {
    expect(lint(code)).not.toEqual([]);
  },
);

it("accepts retired words in strings and comments", () => {
  expect(lint('const a = "told"; // kept')).toEqual([]);
});

it("refuses a retired word as a file name", () => {
  expect(lint("1;", "src/porter.js")).toEqual(["'src/porter.js' uses the retired word 'porter'."]);
});
