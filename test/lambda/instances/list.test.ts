import { describe, expect, test } from "@jest/globals";
import { instancePage, instanceQuery } from "../../../contract/instance.ts";
import { listInstances } from "../../../lambda/instances/list.ts";
import { keys } from "../../fixtures/keys.ts";
import { fakeInstancePorts, fleetOf, type InstanceWorld } from "../../support/fake-instance-ports.ts";
import { fakePolicy } from "../../support/fake-policy.ts";
import { problemFrom } from "../../support/problems.ts";
import { alice, web } from "../../support/samples.ts";
import { testContext } from "../../support/test-context.ts";

const settings = { region: "us-east-1", defaultOsUser: "ec2-user", fips: false, serialConsole: false };
const idsOf = (page: { items: readonly { instanceId: string }[] }) => page.items.map(({ instanceId }) => instanceId);

function asked(fake: ReturnType<typeof fakeInstancePorts>, query: object = {}) {
  const input = { caller: alice, ...instanceQuery.parse(query) };
  return listInstances(fake.ports, settings, input, fake.context);
}

const list = (world: InstanceWorld, query: object = {}) => asked(fakeInstancePorts(world), query);

/** Follows the cursors to the end, with each limit in turn. @returns the ids of every page. */
async function walk(fake: ReturnType<typeof fakeInstancePorts>, limits: readonly number[]): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const limit = limits[pages.length % limits.length];
    const page = await asked(fake, { limit: String(limit), ...(cursor && { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(limit ?? 0);
    pages.push(idsOf(page));
    cursor = page.nextCursor;
  } while (cursor !== undefined && pages.length < 1000);
  return pages;
}

describe("not listed", () => {
  const fleet = fleetOf(3, web);

  test("instances that the caller may not view", async () => {
    const policy = fakePolicy({ view: ({ resource }) => resource.uid.id.endsWith("/i-00000001") });
    expect(idsOf(await list({ fleet, policy }))).toEqual(["i-00000001"]);
  });

  test("another account's instances, if the request names an account", async () => {
    const shared = fleet.map((instance, index) => ({
      ...instance,
      accountId: index === 2 ? "444455556666" : "111122223333",
    }));
    expect(idsOf(await list({ fleet: shared }, { accountId: "444455556666" }))).toEqual(["i-00000002"]);
    expect(await list({ fleet }, { accountId: "444455556666" })).toEqual({ items: [] });
  });

  test("another region's instances, without a call to AWS", async () => {
    const fake = fakeInstancePorts({ fleet });
    expect(await asked(fake, { region: "eu-central-1" })).toEqual({ items: [] });
    expect(fake.pages).toEqual([]);
    expect(idsOf(await asked(fake, { region: "us-east-1" }))).toHaveLength(3);
  });

  test("host keys are read for the returned instances only", async () => {
    const policy = fakePolicy({ view: ({ resource }) => resource.uid.id.endsWith("/i-00000001") });
    const some = fakeInstancePorts({ fleet, policy });
    await asked(some);
    expect(some.hostKeyReads).toEqual([["i-00000001"]]);
    const none = fakeInstancePorts({ fleet, policy: fakePolicy({ view: false }) });
    await asked(none);
    expect(none.hostKeyReads).toEqual([]);
  });
});

test("a cursor that Latchkey did not issue is refused, in another region too", async () => {
  for (const query of [{ cursor: "A" }, { cursor: "A", region: "eu-central-1" }]) {
    expect(await problemFrom(() => list({ fleet: [] }, query))).toMatchObject({ code: "invalid-request" });
  }
});

describe("pages", () => {
  const fleet = fleetOf(7, web);

  test.each([
    ["a limit below EC2's least asks for that least", 2, 5],
    ["the limit is EC2's page size otherwise", 50, 50],
  ])("%s", async (_, limit, pageSize) => {
    const fake = fakeInstancePorts({ fleet });
    const query = { name: "web-*", namePrefix: "w", state: "running", tags: [{ key: "env", value: "dev" }] };
    await asked(fake, { limit: String(limit), address: "10.0.0.1", ...query });
    expect(fake.pages).toEqual([{ ...query, address: "10.0.0.1", pageSize, token: undefined }]);
  });

  test("a cursor continues inside one of EC2's pages, and a page goes on in the next one until it is full", async () => {
    const pages = await walk(fakeInstancePorts({ fleet }), [2]);
    expect(pages.map((page) => page.length)).toEqual([2, 2, 2, 1]);
  });

  test("a full page reads no more of EC2's pages", async () => {
    const fake = fakeInstancePorts({ fleet });
    await asked(fake, { limit: "5" });
    expect(fake.pages).toHaveLength(1);
  });

  test("a cursor inside a page continues behind the returned instances, even if EC2's page is shorter now", async () => {
    const pages = await walk(fakeInstancePorts({ fleet, heldBack: [0, 4] }), [2]);
    expect(pages.flat()).toEqual(fleet.map(({ instanceId }) => instanceId));
  });

  test("instances that the caller may not view do not make a page empty", async () => {
    const policy = fakePolicy({ view: ({ resource }) => resource.uid.id.endsWith("/i-00000006") });
    expect(await walk(fakeInstancePorts({ fleet, policy }), [5])).toEqual([["i-00000006"]]);
  });

  test("a page takes at most four of EC2's pages, and may then be short or empty, with a cursor", async () => {
    const policy = fakePolicy({ view: ({ resource }) => resource.uid.id.endsWith("/i-00000014") });
    const fake = fakeInstancePorts({ fleet: fleetOf(21, web), policy });
    expect(await walk(fake, [5])).toEqual([[], ["i-00000014"]]);
    expect(fake.pages.map(({ token }) => token)).toEqual([undefined, "at-5", "at-10", "at-15", "at-20"]);
  });

  test("near its deadline a page takes no further page of EC2's, and goes on by its cursor", async () => {
    const policy = fakePolicy({ view: ({ resource }) => resource.uid.id.endsWith("/i-00000006") });
    const fake = fakeInstancePorts({ fleet, policy });
    const late = testContext({ deadlineAt: testContext().clock() });
    expect(await walk({ ...fake, context: late }, [5])).toEqual([[], ["i-00000006"]]);
  });

  test("the host keys of a page are read at once, for the instances of all of EC2's pages", async () => {
    const fake = fakeInstancePorts({ fleet, heldBack: [4] });
    await asked(fake, { limit: "7" });
    expect(fake.pages).toHaveLength(3);
    expect(fake.hostKeyReads).toEqual([fleet.map(({ instanceId }) => instanceId)]);
  });

  test("the last page has no cursor, even if it is full", async () => {
    const page = await list({ fleet: fleetOf(5, web) }, { limit: "5" });
    expect(page.items).toHaveLength(5);
    expect(page).not.toHaveProperty("nextCursor");
  });

  test("a response matches the contract, host keys included", async () => {
    const observedAt = "2026-01-01T00:00:00.000Z";
    const hostKeys = new Map([["i-00000000", [{ key: keys.ed25519, source: "registered" as const, observedAt }]]]);
    const page = await list({ fleet, hostKeys }, { limit: "1" });
    expect(instancePage.parse(page)).toEqual(page);
    expect(page.items[0]?.hostKeys).toMatchObject([{ key: keys.ed25519, trust: "high" }]);
  });
});
