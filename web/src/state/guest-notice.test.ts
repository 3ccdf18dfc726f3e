import { expect, it } from "vitest";

import { NetworkError } from "../core/errors.ts";
import { GuestNotice } from "./guest-notice.ts";

it("disappears when the device is online again, and then only if it was about the connection", () => {
  const notice = new GuestNotice();
  let changes = 0;
  notice.watch(() => (changes += 1));
  notice.report(new NetworkError("offline"));
  expect(notice.error).toBeInstanceOf(NetworkError);
  notice.handleOnline();
  expect([notice.error, changes]).toEqual([null, 2]);
  const other = new Error("no file to download");
  notice.report(other);
  notice.handleOnline();
  expect(notice.error).toBe(other);
  notice.dismiss();
  expect(notice.error).toBeNull();
});
