import { expect, test } from "@jest/globals";
import { checksOf } from "../../../lambda/reachability/checks.ts";
import { connectionOptions } from "../../../lambda/resolve/resolve.ts";
import { openWorld } from "./networks.ts";
import { settings } from "./tables.ts";

test("nothing is known of an instance whose surroundings could not be described, but what its own description says", () => {
  const world = { ...openWorld(), imageName: undefined, network: {} };
  const { instance, endpoint } = world;
  const around = {
    instance,
    endpoints: endpoint ? [endpoint] : [],
    network: {},
    imageName: undefined,
    sourceIp: undefined,
    fips: false,
  };
  const results = connectionOptions(instance, around.endpoints, settings).flatMap((option) =>
    checksOf(option, around).map(({ check, result }) => `${option.connectionType} ${check} ${result}`),
  );
  expect(results.filter((each) => !each.endsWith(" unknown"))).toEqual([
    "direct instance-state pass",
    "eice instance-state pass",
    "eice endpoint pass",
  ]);
});
