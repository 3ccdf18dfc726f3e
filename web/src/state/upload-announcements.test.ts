import { describe, expect, it } from "vitest";

import { FakeClock } from "../fakes/clock.ts";
import { UploadAnnouncer, formatEvents } from "./upload-announcements.ts";

describe("announcements", () => {
  it("collects the events of a second", async () => {
    const clock = new FakeClock();
    const announced: string[] = [];
    const announcer = new UploadAnnouncer((sentences) => announced.push(sentences), clock);
    announcer.add({ kind: "ready" });
    await clock.advance(900);
    announcer.add({ kind: "ready" });
    expect(announced).toEqual([]);
    await clock.advance(100);
    expect(announced).toEqual(["2 photos added to your library."]);
    announcer.add({ kind: "duplicate" });
    await clock.advance(1000);
    expect(announced[1]).toBe("1 photo was already in your library.");
  });

  it("announces photos added later as more photos", async () => {
    const clock = new FakeClock();
    const announced: string[] = [];
    const announcer = new UploadAnnouncer((sentences) => announced.push(sentences), clock);
    for (const events of [[{ kind: "started", count: 3 }], [{ kind: "ready" }], [{ kind: "ready" }, { kind: "ready" }]] as const) {
      for (const event of events) announcer.add(event);
      await clock.advance(1000);
    }
    announcer.add({ kind: "started", count: 1 });
    await clock.advance(1000);
    announcer.add({ kind: "ready" });
    await clock.advance(1000);
    expect(announced).toEqual([
      "Uploading 3 photos.",
      "1 photo added to your library.",
      "2 more photos added to your library.",
      "Uploading 1 photo.",
      "1 photo added to your library.",
    ]);
  });

  it("names failed files, up to a limit", () => {
    const rejected = (name: string) => ({ kind: "rejected", name, reason: "Not a picture." }) as const;
    expect(formatEvents([rejected("a.jpg"), { kind: "failed", name: "b.jpg" }])).toBe(
      "a.jpg couldn't be processed: Not a picture. b.jpg failed to upload.",
    );
    const many = ["a", "b", "c", "d", "e"].map((name) => rejected(name));
    expect(formatEvents(many)).toMatch(/^a could.* c could.* 2 more files need attention\.$/);
  });

  it("announces each kind once, in order", () => {
    expect(formatEvents([{ kind: "ready" }, { kind: "started", count: 2 }, { kind: "started", count: 1 }])).toBe(
      "Uploading 3 photos. 1 photo added to your library.",
    );
    expect(formatEvents([{ kind: "left", minutes: 9 }, { kind: "ready" }, { kind: "left", minutes: 4 }])).toBe(
      "1 photo added to your library. About 4 minutes left.",
    );
    expect(formatEvents([{ kind: "same-file" }, { kind: "duplicate" }])).toBe(
      "1 photo was already in your library. 1 file was chosen twice.",
    );
  });
});
