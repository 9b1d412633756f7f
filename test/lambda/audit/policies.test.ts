import { describe, expect, test } from "@jest/globals";
import { getPolicies } from "../../../lambda/audit/policies.ts";
import type { PolicyEngine } from "../../../lambda/policy/engine.ts";
import type { Instance } from "../../../lambda/shared/instance.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { fakeTargets } from "../../support/fake-targets.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, web } from "../../support/samples.ts";
import { testContext } from "../../support/test-context.ts";

const digest = "0".repeat(64);

interface World {
  readonly policy?: PolicyEngine;
  readonly fleet?: readonly Instance[];
  readonly kept?: string;
}

/** What alice gets, and the digests that were read for her. */
function world({ policy = fakePolicy(), fleet = [web], kept }: World) {
  const reads: string[] = [];
  const ports = {
    policy,
    ...fakeTargets(() => fleet),
    readPolicies: async (asked: string) => {
      reads.push(asked);
      return kept;
    },
  };
  const get = () => getPolicies(ports, { caller: alice, digest, instanceId: web.instanceId }, testContext());
  return { get, reads };
}

describe("policies are not shown", () => {
  test.each<[sentence: string, World, code: string]>([
    ["by right of an instance that there is not", { fleet: [] }, "instance-not-found"],
    [
      "by right of an instance that the caller may not view",
      { policy: fakePolicy({ view: false }) },
      "instance-not-found",
    ],
    [
      "to a caller who may not read that instance's trail",
      { policy: fakePolicy({ readAudit: false }) },
      "access-denied",
    ],
  ])("%s, and nothing is read", async (_, given, code) => {
    const { get, reads } = world({ kept: "text", ...given });
    expect(await problemFrom(get)).toMatchObject({ code });
    expect(reads).toEqual([]);
  });

  test("if none are kept", async () => {
    expect(await problemFrom(world({}).get)).toMatchObject({ code: "policies-not-found" });
  });
});

test("a caller who may read an instance's trail gets the text of the digest", async () => {
  const { get, reads } = world({ kept: "text" });
  expect(await get()).toEqual({ digest: `sha256:${digest}`, text: "text" });
  expect(reads).toEqual([`sha256:${digest}`]);
});
