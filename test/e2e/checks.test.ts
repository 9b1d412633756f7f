import { expect, test } from "@jest/globals";
import { instance } from "../../contract/instance.ts";
import { secondTarget } from "../../local/shared/account.ts";
import { callApi, fleet } from "../support/api-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

const local = useLocalStack();

/** The checks of each connection option that did not pass, and the calls to EC2 that the request took. */
async function inspected(instanceId: string, query = "?checks=true") {
  local.stack.log.clear();
  const { status, body } = await callApi(local.stack.url, { path: `/v1/instances/${instanceId}${query}`, as: "alice" });
  expect(status).toBe(200);
  const { connectionOptions } = instance.parse(body);
  const notPassed = connectionOptions.map(({ connectionType, checks }) => [
    connectionType,
    checks?.filter(({ result }) => result !== "pass").map(({ check, result }) => `${check}: ${result}`),
  ]);
  const calls = local.stack.log.calls.filter(({ service, role }) => service === "ec2" && role === "inspect");
  return { notPassed: Object.fromEntries(notPassed), calls: calls.map(({ operation }) => operation).sort() };
}

test("without checks, nothing is checked and no network is described", async () => {
  const { notPassed, calls } = await inspected(fleet.web1, "");
  expect(notPassed).toEqual({ direct: undefined, eice: undefined });
  expect(calls.filter((each) => !/^Describe(?:Instance|Images)/.test(each))).toEqual([]);
});

test("a public instance passes, with one call for each part of its network", async () => {
  await inspected(fleet.web1);
  const { notPassed, calls } = await inspected(fleet.web1);
  expect(notPassed).toEqual({ direct: [], eice: [] });
  // Endpoints and image are known from before. Route tables are those of the subnets, and the VPC's main one.
  expect(calls).toEqual([
    "DescribeInstances",
    "DescribeNetworkAcls",
    "DescribeNetworkInterfaces",
    "DescribeRouteTables",
    "DescribeRouteTables",
    "DescribeSecurityGroups",
    "DescribeSubnets",
  ]);
});

test("a private instance passes through the endpoint; how somebody reaches its own address is unknown", async () => {
  const { notPassed } = await inspected(fleet.db1);
  expect(notPassed).toEqual({ direct: ["instance-security-groups: unknown", "route: unknown"], eice: [] });
});

test("an IPv6 address passes", async () => {
  expect((await inspected(fleet.v61)).notPassed).toMatchObject({ direct: [] });
});

test("a stopped instance whose security group admits no SSH fails by both", async () => {
  const { notPassed } = await inspected(fleet.old1);
  expect(notPassed).toMatchObject({ eice: ["instance-state: fail", "instance-security-groups: fail"] });
});

test("an instance of another target is checked in that target's network, by its inspect role alone", async () => {
  const { accountId, region } = secondTarget;
  local.stack.log.clear();
  const path = `/v1/instances/${fleet.eu1}?accountId=${accountId}&region=${region}&checks=true`;
  const { status, body } = await callApi(local.stack.url, { path, as: "alice" });
  expect(status).toBe(200);
  const checks = instance.parse(body).connectionOptions.find((each) => each.connectionType === "eice")?.checks;
  expect(checks?.map(({ check, result }) => `${check}: ${result}`)).toEqual([
    "instance-state: pass",
    "zone: pass",
    "agent: pass",
    "endpoint: pass",
    "endpoint-security-groups: pass",
    "endpoint-network-acl: pass",
    "instance-security-groups: pass",
  ]);
  const details = checks?.map(({ detail }) => detail).join(" ");
  for (const id of ["eice-0e00000000000000e", "subnet-0e00000000000000e"]) expect(details).toContain(id);
  const calls = local.stack.log.calls.filter(({ role }) => role === "inspect");
  const assumed = calls.filter(({ operation }) => operation === "AssumeRole");
  expect(new Set(assumed.map(({ request }) => (request as { RoleArn: string }).RoleArn))).toEqual(
    new Set([`arn:aws:iam::${accountId}:role/Latchkey-InspectRole`]),
  );
  const described = calls.filter(({ service }) => service === "ec2");
  expect(described.map(({ operation }) => operation)).toContain("DescribeSecurityGroups");
  expect(described.filter((each) => each.accountId !== accountId || each.region !== region)).toEqual([]);
});

test.each(["checks=false", "checks=", "checks=true&checks=true", "check=true"])("%s is refused", async (query) => {
  const response = await callApi(local.stack.url, { path: `/v1/instances/${fleet.web1}?${query}`, as: "alice" });
  expect(response).toMatchObject({ status: 400, body: { code: "invalid-request" } });
});

test("an instance that the caller may not see stays an absent one", async () => {
  const paths = [fleet.vault1, fleet.absent].map((id) => `/v1/instances/${id}?checks=true`);
  const [unseen, absent] = await Promise.all(paths.map((path) => callApi(local.stack.url, { path, as: "alice" })));
  expect(unseen?.status).toBe(404);
  expect({ ...(unseen?.body as object), requestId: "" }).toEqual({ ...(absent?.body as object), requestId: "" });
});
