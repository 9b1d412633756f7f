import { describe, expect, test } from "@jest/globals";
import { ec2Client } from "../../../../lambda/aws/ec2/client.ts";
import { instanceSearch } from "../../../../lambda/aws/ec2/instances.ts";
import type { InstanceQuery } from "../../../../lambda/instances/ports.ts";
import { ec2Error, instancesResponse } from "../../../support/ec2-responses.ts";
import { useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("EC2");
const { findInstances } = instanceSearch(ec2Client({ region: "us-east-1" }), "us-east-1");
const page = (query: Partial<InstanceQuery> = {}) =>
  findInstances({ tags: [], pageSize: 50, ...query }, new AbortController().signal);

/** The parameters of the one call that a query makes. */
async function asked(query: Partial<InstanceQuery>): Promise<Record<string, string>> {
  service.respond(instancesResponse([]));
  await page(query);
  const { Action, Version, ...parameters } = Object.fromEntries(new URLSearchParams(service.requests[0]?.body));
  expect([Action, Version]).toEqual(["DescribeInstances", "2016-11-15"]);
  return parameters;
}

describe("a token that EC2 refuses", () => {
  test.each(["InvalidNextToken", "InvalidParameterValue"])("is the caller's 400 who gave one: %s", async (name) => {
    service.respond(ec2Error(name, 400));
    await expect(page({ token: "made-up" })).rejects.toMatchObject({
      code: "invalid-request",
      errors: [{ pointer: "/cursor", code: "not-a-cursor" }],
    });
  });

  test.each(["InvalidNextToken", "InvalidParameterValue"])(
    "is a fault of ours where none was given: %s",
    async (name) => {
      service.respond(ec2Error(name, 400));
      await expect(page()).rejects.toMatchObject({ code: "upstream-failure" });
    },
  );

  test.each(["InvalidPaginationToken", "InvalidParameterCombination"])(
    "another refusal is not the caller's: %s",
    async (name) => {
      service.respond(ec2Error(name, 400));
      await expect(page({ token: "page-2" })).rejects.toMatchObject({ code: "upstream-failure" });
    },
  );
});

describe("the query", () => {
  test("has no filter where nothing is asked for", async () => {
    expect(await asked({ pageSize: 5 })).toEqual({ MaxResults: "5" });
  });

  test("takes a prefix literally, and asks for a state", async () => {
    expect(await asked({ namePrefix: "web-*", state: "running" })).toEqual({
      MaxResults: "50",
      "Filter.1.Name": "tag:Name",
      "Filter.1.Value.1": "web-\\**",
      "Filter.2.Name": "instance-state-name",
      "Filter.2.Value.1": "running",
    });
  });

  test("asks for the page of its token", async () => {
    expect(await asked({ token: "page-2" })).toEqual({ MaxResults: "50", NextToken: "page-2" });
  });

  test.each([
    ["a plain name", "web-1", "web-1"],
    ["a star", "web*", "web\\*"],
    ["a question mark", "web-?", "web-\\?"],
    ["a backslash", "web\\1", "web\\\\1"],
    ["a backslash before a star", "\\*", "\\\\\\*"],
    ["an empty value", "", ""],
  ])("takes %s literally, in names and in tags", async (_, value, sent) => {
    expect(await asked({ name: value, tags: [{ key: "env", value }] })).toEqual({
      MaxResults: "50",
      "Filter.1.Name": "tag:Name",
      "Filter.1.Value.1": sent,
      "Filter.2.Name": "tag:env",
      "Filter.2.Value.1": sent,
    });
  });
});

describe("an address is looked for in every place that EC2 has for its kind", () => {
  const everyPlace = async (address: string) => {
    service.respondAlways(instancesResponse([]));
    await page({ address, state: "running" });
    return service.requests.map(({ body }) => {
      const sent = new URLSearchParams(body);
      return [sent.get("Filter.1.Name"), sent.get("Filter.1.Value.1"), sent.get("Filter.2.Value.1")];
    });
  };
  const privateIp = "network-interface.addresses.private-ip-address";
  const publicIp = "network-interface.addresses.association.public-ip";
  test.each<[string, string, readonly (readonly [string, string])[]]>([
    [
      "an IPv4 address, which a VPC's own range may hold too",
      "203.0.113.10",
      [
        [privateIp, "203.0.113.10"],
        [publicIp, "203.0.113.10"],
      ],
    ],
    [
      "an IPv6 address in any spelling",
      "2001:DB8:0::1",
      [["network-interface.ipv6-addresses.ipv6-address", "2001:db8::1"]],
    ],
    ["a private DNS name", "ip-10-0-1-20.EC2.internal", [["private-dns-name", "ip-10-0-1-20.ec2.internal"]]],
    ["a private DNS name without its domain", "ip-10-0-1-20", [["private-dns-name", "ip-10-0-1-20.*"]]],
    ["a resource name", "i-0a1b2c3d.ec2.internal", [["private-dns-name", "i-0a1b2c3d.ec2.internal"]]],
    [
      "a public DNS name",
      "ec2-203-0-113-10.compute-1.amazonaws.com",
      [["dns-name", "ec2-203-0-113-10.compute-1.amazonaws.com"]],
    ],
  ])("%s", async (_, address, filters) => {
    expect((await everyPlace(address)).sort()).toEqual(filters.map((filter) => [...filter, "running"]).sort());
  });

  test("all that is found is on one page", async () => {
    service.respond(instancesResponse([{ instanceId: "i-0a1b2c3d" }], "more"));
    service.respond(instancesResponse([{ instanceId: "i-0a1b2c3e" }]));
    const { instances, nextToken } = await page({ address: "::1" });
    expect(instances.map(({ instanceId }) => instanceId)).toEqual(["i-0a1b2c3d", "i-0a1b2c3e"]);
    expect(nextToken).toBeUndefined();
  });
});

describe("the page", () => {
  test.each([
    ["the last one", undefined, undefined],
    ["the last one, with an empty token", "", undefined],
    ["one with more behind it", "page-2", "page-2"],
  ])("%s", async (_, sent, nextToken) => {
    service.respond(instancesResponse([{ instanceId: "i-0a1b2c3d" }, { instanceId: "i-0a1b2c3e" }], sent));
    await expect(page()).resolves.toMatchObject({
      instances: [{ instanceId: "i-0a1b2c3d" }, { instanceId: "i-0a1b2c3e" }],
      nextToken,
    });
  });

  test("an empty one with more behind it", async () => {
    service.respond(instancesResponse([], "page-2"));
    await expect(page()).resolves.toEqual({ instances: [], nextToken: "page-2" });
  });
});
