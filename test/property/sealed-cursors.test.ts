import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { SealedCursors } from "../../lambda/lists/sealed-cursors.ts";
import { FakeCursorKeys } from "../support/fake-cursor-keys.ts";
import { problemFrom } from "../support/problems.ts";
import { testProperty } from "../support/property.ts";

const context = {
  clock: () => new Date("2026-01-02T03:04:05.000Z"),
  deadline: { signal: new AbortController().signal },
};
const request = (id: string, query: Record<string, unknown>) => ({
  caller: { id, kind: "person" as const },
  query,
  context,
});

const cursors = new SealedCursors(new FakeCursorKeys());
/** A list that returns what it gets: its cursor for the next page is the filter `next`. */
const list = cursors.seal({ route: "listInstances", size: 64 }, async ({ query }: ReturnType<typeof request>) => ({
  got: query["cursor"],
  nextCursor: query["next"] as string | undefined,
}));

const plain = fc.string({ unit: fc.constantFrom(..."abcXYZ019-_"), minLength: 1, maxLength: 64 });
const refused = { code: "invalid-request", errors: [{ pointer: "/cursor", code: "not-a-cursor" }] };

describe("sealed cursors", () => {
  testProperty(
    "are read by their maker, have one length, and do not contain the cursor",
    { small: 200, large: 5000 },
    fc.asyncProperty(plain, async (next) => {
      const { nextCursor: cursor = "" } = await list(request("alice", { next }));
      expect(cursor).toMatch(/^[A-Za-z0-9_-]{127}$/);
      expect((await list(request("alice", { next, cursor }))).got).toBe(next);
    }),
  );

  testProperty(
    "are refused from another caller or with another query",
    { small: 200, large: 5000 },
    fc.asyncProperty(plain, plain, plain, async (next, id, other) => {
      fc.pre(next !== other && id !== "alice");
      const { nextCursor: cursor } = await list(request("alice", { next }));
      expect(await problemFrom(() => list(request(id, { next, cursor })))).toMatchObject(refused);
      expect(await problemFrom(() => list(request("alice", { next: other, cursor })))).toMatchObject(refused);
    }),
  );

  testProperty(
    "are refused if a single bit differs",
    { small: 200, large: 5000 },
    fc.asyncProperty(plain, fc.nat(), async (next, place) => {
      const { nextCursor = "" } = await list(request("alice", { next }));
      const bytes = Buffer.from(nextCursor, "base64url");
      const at = place % (bytes.length * 8);
      bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
      const cursor = bytes.toString("base64url");
      expect(await problemFrom(() => list(request("alice", { next, cursor })))).toMatchObject(refused);
    }),
  );

  testProperty(
    "are refused if made up",
    { small: 500, large: 20_000 },
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
      ),
      async (cursor) => {
        expect(await problemFrom(() => list(request("alice", { cursor })))).toMatchObject(refused);
      },
    ),
  );
});
