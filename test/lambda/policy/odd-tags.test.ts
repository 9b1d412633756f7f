import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Instance } from "../../../lambda/connect/instance.ts";
import type { Caller } from "../../../lambda/contract/caller.ts";
import { mayConnect, mayView } from "../../../lambda/policy/authorize.ts";
import { engineWith } from "../../support/policy-engine.ts";

const alice: Caller = { id: "alice", kind: "person", groups: ["111122223333/Engineer"], frontDoor: "iam" };
const context = { osUser: "ec2-user", connectionType: "direct", time: { epoch: 0, hour: 0, weekday: 4 } };
const withTags = (tags: Record<string, string>): Instance => ({
  instanceId: "i-0123456789abcdef0",
  accountId: "111122223333",
  region: "us-east-1",
  availabilityZone: "us-east-1a",
  state: "running",
  tags,
  addresses: [],
});

/** Permits only what bears exactly this tag. */
const condition = 'resource.hasTag("env") && resource.getTag("env") == "dev"';
const engine = engineWith({ dev: `permit (principal, action, resource) when { ${condition} };` });
const both = (instance: Instance) => [
  mayView(engine, alice, instance),
  mayConnect(engine, alice, instance, context).allowed,
];

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  // Halves of surrogate pairs too.
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.constantFrom("", "env", "dev", '"', "'", "\\", "\n", "\0", "__proto__", "constructor", "toString", "__entity"),
  fc.constantFrom("__extn", "__expr", "type", "id", 'env"', "Env", "dev ", "ｄｅｖ", "* || true", '" || true || "'),
);
const anyTags = fc
  .array(fc.tuple(anyText, anyText), { maxLength: 6 })
  .map((tags): Record<string, string> => Object.fromEntries(tags));

describe("whatever tags there are", () => {
  test("no others permit, and no decision throws", () => {
    fc.assert(
      fc.property(
        anyTags.filter((tags) => tags["env"] !== "dev"),
        (tags) => expect(both(withTags(tags))).toEqual([false, false]),
      ),
      { numRuns: 500 },
    );
  });

  test("those that are text do not take away what the right one permits", () => {
    const text = anyTags.filter((tags) =>
      Object.entries(tags)
        .flat()
        .every((each) => each.isWellFormed()),
    );
    fc.assert(
      fc.property(text, (tags) => expect(both(withTags({ ...tags, env: "dev" }))).toEqual([true, true])),
      { numRuns: 500 },
    );
  });
});
