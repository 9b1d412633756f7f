import { describe, expect, test } from "@jest/globals";
import { bodyFingerprint, type Scope, scopeHash } from "../../../lambda/idempotency/scope.ts";

const scope: Scope = {
  caller: { id: "alice", kind: "person" },
  operation: "createConnection",
  ids: { instanceId: "i-0a1b2c3d" },
  key: "key-1234",
};

describe("another scope, for", () => {
  test.each<[string, Partial<Scope>]>([
    ["another caller", { caller: { id: "bob", kind: "person" } }],
    ["a machine of the same id", { caller: { id: "alice", kind: "machine" } }],
    ["another operation", { operation: "createAccessRequest" }],
    ["another instance", { ids: { instanceId: "i-0a1b2c3e" } }],
    ["another key", { key: "key-1235" }],
    ["a key that differs in case", { key: "KEY-1234" }],
    ["parts that read the same one behind the other", { caller: { id: 'alice","createConnection', kind: "person" } }],
  ])("%s", (_, other) => {
    expect(scopeHash({ ...scope, ...other })).not.toBe(scopeHash(scope));
  });
});

test("the same scope has the same hash, which reveals nothing", () => {
  expect(scopeHash({ ...scope })).toBe(scopeHash(scope));
  expect(scopeHash(scope)).toMatch(/^[0-9a-f]{64}$/);
});

describe("a body's fingerprint", () => {
  const body = { osUser: "root", tags: [{ a: 1, b: 2 }], reason: "x" };
  test.each<[string, unknown]>([
    ["another value", { ...body, osUser: "rood" }],
    ["a value of another type", { ...body, tags: [{ a: "1", b: 2 }] }],
    ["a field more", { ...body, more: null }],
    ["a field less", { osUser: "root", tags: [{ a: 1, b: 2 }] }],
    ["items in another order", { ...body, tags: [{ b: 2 }, { a: 1 }] }],
    ["nothing", undefined],
  ])("differs for %s", (_, other) => {
    expect(bodyFingerprint(other)).not.toBe(bodyFingerprint(body));
  });

  test.each<[string, unknown]>([
    ["the order of fields", { reason: "x", tags: [{ b: 2, a: 1 }], osUser: "root" }],
    ["a field that is left out in so many words", { ...body, comment: undefined }],
  ])("does not depend on %s", (_, other) => {
    expect(bodyFingerprint(other)).toBe(bodyFingerprint(body));
  });
});
