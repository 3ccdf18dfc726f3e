import { expect, it } from "vitest";

import { allPhotos } from "../state/view.ts";
import { suggestedTitle, viewTitle } from "./view-title.ts";

it("quotes the words of a search in the heading, not in the title of its album", () => {
  const view = { ...allPhotos("mine"), words: ["blue", "beach"], tags: ["lake"] };
  expect([viewTitle(view, true), suggestedTitle(view)]).toEqual(["“blue beach”, Lake", "blue beach, Lake"]);
});
