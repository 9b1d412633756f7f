import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { instanceQuery } from "../../contract/instance.ts";
import { listInstances } from "../../lambda/instances/list.ts";
import { fakeInstancePorts, fleetOf } from "../support/fake-instance-ports.ts";
import { fakePolicy } from "../support/fake-policy.ts";
import { testProperty } from "../support/property.ts";
import { alice, web } from "../support/samples.ts";
import { testContext } from "../support/test-context.ts";

const settings = { region: "us-east-1", defaultOsUser: "ec2-user", fips: false, serialConsole: false };
const maxPages = 1000; // more than any fleet here fills, so that cursors in a circle end

type Ports = ReturnType<typeof fakeInstancePorts>["ports"];

function pageOf(ports: Ports, limit: number, cursor: string | undefined) {
  const query = instanceQuery.parse({ limit: String(limit), ...(cursor && { cursor }) });
  return listInstances(ports, settings, { caller: alice, ...query }, testContext());
}

describe("the list of instances", () => {
  const visibility = fc.array(fc.boolean(), { maxLength: 40, size: "max" });
  const limits = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
  const heldBack = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });

  testProperty(
    "following its cursors shows every visible instance once and in order, and no page is short or empty while more follow, " +
      "unless its four reads are spent, with any limits and any pages of EC2",
    { small: 100, large: 2000 },
    fc.asyncProperty(visibility, limits, heldBack, async (visible, limitsInTurn, held) => {
      const fleet = fleetOf(visible.length, web);
      const seen = fleet.map(({ instanceId }) => instanceId).filter((_, index) => visible[index]);
      const policy = fakePolicy({ view: ({ resource }) => seen.some((id) => resource.uid.id.endsWith(`/${id}`)) });
      const fake = fakeInstancePorts({ fleet, policy, heldBack: held });

      const found: string[] = [];
      let cursor: string | undefined;
      for (let pages = 0; pages < maxPages; pages += 1) {
        const limit = limitsInTurn[pages % limitsInTurn.length] ?? 1;
        const readsBefore = fake.pages.length;
        const page = await pageOf(fake.ports, limit, cursor);
        const reads = fake.pages.length - readsBefore;
        expect(page.items.length).toBeLessThanOrEqual(limit);
        expect(reads).toBeLessThanOrEqual(4);
        if (page.nextCursor !== undefined && reads < 4) expect(page.items).toHaveLength(limit);
        found.push(...page.items.map(({ instanceId }) => instanceId));
        cursor = page.nextCursor;
        if (cursor === undefined) break;
      }
      expect(found).toEqual(seen);
    }),
  );
});
