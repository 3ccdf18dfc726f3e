import { readFileSync } from "node:fs";
import { URL } from "node:url";

const RETIRED = new Set(JSON.parse(readFileSync(new URL("../checks/retired_names.json", import.meta.url), "utf8")));

/** The retired words in one identifier, split at underscores and capitals: `template` is not `plate`, `isShown` is `shown`. */
export function retiredWords(name) {
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  return words.map((word) => word.toLowerCase()).filter((word) => RETIRED.has(word));
}

/** Refuses retired words in identifiers, private names and file names. Strings and comments may hold them. */
export const retiredNames = {
  meta: { type: "problem", schema: [], messages: { retired: "'{{name}}' uses the retired word '{{word}}'." } },
  create(context) {
    const check = (node, name) => {
      for (const word of retiredWords(name)) context.report({ node, messageId: "retired", data: { name, word } });
    };
    return {
      Program: (node) => {
        check(node, context.filename.replace(/^.*\/(?=src\/)/, ""));
      },
      Identifier: (node) => {
        check(node, node.name);
      },
      PrivateIdentifier: (node) => {
        check(node, node.name);
      },
    };
  },
};

/** Plugin of oxlint, which takes rules of ESLint's form. */
export default { meta: { name: "tintype" }, rules: { "retired-names": retiredNames } };
