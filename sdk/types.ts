import type * as z from "zod";
import type { accessRequest, accessRequestPage } from "../contract/access-request.ts";
import type { auditEvent, auditEventPage } from "../contract/audit-event.ts";
import type { caller } from "../contract/caller.ts";
import type { connection } from "../contract/connection.ts";
import type { decision } from "../contract/decision.ts";
import type { hostKey, hostKeyList } from "../contract/host-key.ts";
import type { instance, instancePage } from "../contract/instance.ts";
import type { policySet } from "../contract/policies.ts";
import type { problemDocument } from "../contract/problem.ts";
import type { requirements } from "../contract/requirements.ts";
import type { RouteName, Routes } from "../contract/routes.ts";

// What a package's user gets instead of this file is made of the same schemas by build/types-file.ts, without zod.

/**
 * A response as a client must take it: open. An enum may get values and an object fields within v1, so a known value is
 * offered and any other text accepted.
 */
export type Open<T> = T extends string
  ? string extends T
    ? T
    : T | (string & {})
  : T extends readonly (infer Item)[]
    ? Open<Item>[]
    : T extends object
      ? { [Key in keyof T]: Open<T[Key]> }
      : T;

/** A value of the query: text, or a number in its place if any text may stand there. */
type QueryValue<T> = string extends T ? string | number : T;

/** `z.strictObject({})` takes an object without fields: next to other fields it says nothing. */
type Fields<Input> = string extends keyof Input ? unknown : Input;

type QueryInput<Query> = {
  readonly [Key in keyof Query as Key extends "tags" ? `tag.${string}` : Key]: Key extends "tags"
    ? string | undefined
    : QueryValue<Exclude<Query[Key], undefined>> | undefined;
};

type BodyInput<Route> = Route extends { readonly body: infer Body extends z.ZodType } ? z.input<Body> : unknown;

/** The ETag of the response, by which a PUT replaces only the version that was read. Without it a PUT replaces none. */
type ETagInput<Route> = Route extends { readonly isVersioned: true; readonly method: "PUT" }
  ? { readonly etag?: string | undefined }
  : unknown;
type ETagResponse<Route> = Route extends { readonly isVersioned: true }
  ? { readonly etag: string | undefined }
  : unknown;

/** Every operation: what it takes (the fields of path, query and body in one object) and what it responds with. */
export type Operations = {
  readonly [Name in RouteName]: {
    readonly input: Fields<z.input<Routes[Name]["params"]>> &
      Fields<QueryInput<z.input<Routes[Name]["query"]>>> &
      BodyInput<Routes[Name]> &
      ETagInput<Routes[Name]>;
    readonly response: Open<z.output<Routes[Name]["response"]>> & ETagResponse<Routes[Name]>;
  };
};

export type AccessRequest = Open<z.output<typeof accessRequest>>;
export type AccessRequestPage = Open<z.output<typeof accessRequestPage>>;
export type AuditEvent = Open<z.output<typeof auditEvent>>;
export type AuditEventPage = Open<z.output<typeof auditEventPage>>;
export type Caller = Open<z.output<typeof caller>>;
export type Connection = Open<z.output<typeof connection>>;
export type Decision = Open<z.output<typeof decision>>;
export type ConnectionOption = Instance["connectionOptions"][number];
export type HostKey = Open<z.output<typeof hostKey>>;
export type HostKeyList = Open<z.output<typeof hostKeyList>>;
export type Instance = Open<z.output<typeof instance>>;
export type InstancePage = Open<z.output<typeof instancePage>>;
export type PolicySet = Open<z.output<typeof policySet>>;
export type Problem = Open<z.output<typeof problemDocument>>;
export type Requirements = Open<z.output<typeof requirements>>;
