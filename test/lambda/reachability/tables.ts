import { describe, expect, test } from "@jest/globals";
import type { ReachabilityCheck } from "../../../contract/instance.ts";
import { checksOf } from "../../../lambda/reachability/checks.ts";
import { connectionOptions } from "../../../lambda/resolve/resolve.ts";
import type { Change } from "./changes.ts";
import { openWorld, type World } from "./networks.ts";

type Check = ReachabilityCheck["check"];
type Row = [sentence: string, page: string, Change, Check];
/** The last column changes what AWS describes, as the check says, so that it passes. */
type Failure = [...Row, fix: Change];

/** Rows by verdict, for one connection type. */
export interface Verdicts {
  readonly fails?: readonly Failure[];
  readonly unknown?: readonly Row[];
  readonly passes?: readonly Row[];
}

export const settings = { fips: false, serialConsole: false };

function checked(world: World, connectionType: "direct" | "eice", check: Check): ReachabilityCheck | undefined {
  const { instance, network, imageName, sourceIp } = world;
  const endpoints = world.endpoint ? [world.endpoint] : [];
  const option = connectionOptions(instance, endpoints, settings).find(
    (each) => each.connectionType === connectionType,
  );
  if (!option) throw new Error("Both types are options");
  const around = { instance, endpoints, network, imageName, sourceIp, fips: false };
  return checksOf(option, around).find((each) => each.check === check);
}

/** A test for each row: the change leads to the verdict. */
export function testVerdicts(type: "direct" | "eice", { fails = [], unknown = [], passes = [] }: Verdicts): void {
  describe(type, () => {
    for (const [sentence, page, change, check, fix] of fails) {
      test(`fails: ${sentence} (${page})`, () => {
        const world = openWorld();
        change(world);
        const found = checked(world, type, check);
        expect(found).toMatchObject({ result: "fail" });
        // What was found, and what to change.
        expect(found?.detail).toMatch(/^[A-Z].*\. [A-Z].*\.$/);
        fix(world);
        // Windows has a check of its own, which others do not need.
        expect(checked(world, type, check)?.result ?? "pass").toBe("pass");
      });
    }

    const others = [
      ...unknown.map((row) => ["unknown", "unknown", row] as const),
      ...passes.map((row) => ["passes", "pass", row] as const),
    ];
    for (const [verdict, result, [sentence, page, change, check]] of others) {
      test(`${verdict}: ${sentence} (${page})`, () => {
        const world = openWorld();
        change(world);
        expect(checked(world, type, check)).toMatchObject({ result });
      });
    }
  });
}
