import { expect, it } from "vitest";

import { HttpError } from "../core/errors.ts";
import { AlbumMembers, type Member, type MemberApi } from "./album-members.ts";

const makeMember = (id: string, overrides: Partial<Member> = {}): Member => ({
  member_id: id,
  email: `${id}@example.com`,
  role: "viewer",
  state: "active",
  added_at: "2026-11-20T18:42:10Z",
  ...overrides,
});

/** The people of an album with some members; what is sent is in `requests`. */
function createMembers(...members: readonly Member[]) {
  const requests: unknown[] = [];
  const api: MemberApi & { error: Error | null } = {
    error: null,
    listMembers: () => answer(members),
    addMember: (...request) => answer(makeMember(request[1].replace(/@.*/, ""), { role: request[2], state: "pending" }), request),
    changeRole: (...request) => answer(makeMember(request[1], { role: request[2] }), request),
    removeMember: (...request) => answer(undefined, request),
  };
  function answer<Value>(value: Value, request: unknown = null): Promise<Value> {
    requests.push(request);
    return api.error === null ? Promise.resolve(value) : Promise.reject(api.error);
  }
  return { people: new AlbumMembers(api, "album"), api, requests };
}

const roles = ({ items }: AlbumMembers) => items.map(({ member_id, role, state }) => `${member_id} ${role} ${state}`);

it("adds, changes and removes people", async () => {
  const { people, requests } = createMembers(makeMember("ada"));
  await people.load();
  expect(await people.add("bob@example.com", "contributor")).toBe(true);
  expect(await people.changeRole("ada", "contributor")).toBe(true);
  expect(roles(people)).toEqual(["ada contributor active", "bob contributor pending"]);
  people.askToRemove("ada");
  expect(await people.remove()).toBe(true);
  expect([roles(people), people.toRemove]).toEqual([["bob contributor pending"], null]);
  expect(requests.slice(1)).toEqual([
    ["album", "bob@example.com", "contributor"],
    ["album", "ada", "contributor"],
    ["album", "ada"],
  ]);
});

it("lists a person who is added again once", async () => {
  const { people } = createMembers(makeMember("ada"));
  await people.load();
  await people.add("ada@example.com", "contributor");
  expect(roles(people)).toEqual(["ada contributor pending"]);
});

it("says why a change failed, and keeps the people", async () => {
  const { people, api } = createMembers(makeMember("ada"));
  await people.load();
  api.error = new HttpError(409, "conflict", "There are too many people.");
  expect(await people.add("bob@example.com", "viewer")).toBe(false);
  expect([people.error, people.busy, roles(people)]).toEqual([api.error, false, ["ada viewer active"]]);
  people.askToRemove("ada");
  expect([people.error, await people.remove(), people.toRemove]).toEqual([null, false, "ada"]);
});

it("removes nobody without a question, and nobody after Cancel", async () => {
  const { people, requests } = createMembers(makeMember("ada"));
  await people.load();
  people.askToRemove("ada");
  people.askToRemove(null);
  expect(await people.remove()).toBe(false);
  expect(requests).toHaveLength(1);
});

it("fails to load as a whole", async () => {
  const { people, api } = createMembers();
  api.error = new HttpError(404, "not_found", "No such album.");
  await people.load();
  expect([people.status, people.error]).toEqual(["failed", api.error]);
});
