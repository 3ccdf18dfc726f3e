/**
 * The request and response types of each route, from the generated `schema.d.ts`.
 */
import type { paths } from "./schema.d.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The paths that have a route for a method. */
export type PathOf<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, { responses: object }> ? P : never }[keyof paths];

type Operation<M extends Method, P extends PathOf<M>> = paths[P] extends Record<M, infer Found> ? Found : never;
type Parameters<Op, In extends string> = Op extends { parameters: Partial<Record<In, infer Found>> } ? NonNullable<Found> : never;
type JsonOf<Content> = Content extends { content: { "application/json": infer Body } } ? Body : null;
type SuccessOf<Responses> = Responses[keyof Responses & (200 | 201 | 202 | 204)];

/** Query parameters; those that are null are left out. */
export type Query<M extends Method, P extends PathOf<M>> = {
  readonly [Name in keyof Parameters<Operation<M, P>, "query">]: Parameters<Operation<M, P>, "query">[Name] | null;
};
export type PathParameters<M extends Method, P extends PathOf<M>> = Parameters<Operation<M, P>, "path">;
export type RequestBody<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { requestBody?: infer Body } ? JsonOf<NonNullable<Body>> : null;
/** The body of a success; null for 204 No Content. */
export type ResponseBody<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { responses: infer Responses } ? JsonOf<SuccessOf<Responses>> : never;
