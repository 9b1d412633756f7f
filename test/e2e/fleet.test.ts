import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { readFleet } from "../../local/fleet/fleet.ts";
import { askForConnection, makeConnection } from "../support/api-client.ts";
import { runSsh, useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

const shop = "i-0aaaaaaaaaaaaaaa1";
const loopback = "i-0aaaaaaaaaaaaaaa2";
const isolated = "i-0aaaaaaaaaaaaaaa3";

describe("a fleet file, as the AWS CLI describes instances and endpoints", () => {
  const local = useLocalStack({ fleets: [readFleet(path.resolve(import.meta.dirname, "../fixtures/fleet.json"))] });
  const key = useKeyPair();
  const connect = (instanceId: string, body: object = {}) =>
    makeConnection(local.stack.url, "alice", instanceId, { publicKey: key.pair.publicKey, ...body });

  test.each([
    ["auto takes the public address", {}, { connectionType: "direct", host: "203.0.113.7", port: 22 }],
    ["a port is kept", { port: 2222 }, { connectionType: "direct", host: "203.0.113.7", port: 2222 }],
    [
      "an endpoint's id means a tunnel",
      { endpointId: "eice-0aaaaaaaaaaaaaaaa" },
      { connectionType: "eice", host: "172.31.5.9", port: 22 },
    ],
    ["eice takes the private address", { connectionType: "eice" }, { connectionType: "eice", host: "172.31.5.9" }],
    [
      "a second private address can be asked for",
      { connectionType: "eice", ipAddress: "172.31.5.10" },
      { connectionType: "eice", host: "172.31.5.10" },
    ],
    [
      "so can an IPv6 address, in any spelling",
      { connectionType: "direct", ipAddress: "2001:DB8:1234:0::9" },
      { connectionType: "direct", host: "2001:db8:1234::9" },
    ],
    ["the tag names the OS user", {}, { user: "admin", dnsName: "ec2-203-0-113-7.compute-1.amazonaws.com" }],
  ])("%s", async (_, body, expected) => {
    expect(await connect(shop, body)).toMatchObject({
      ...expected,
      accountId: "111122223333",
      availabilityZone: "us-east-1c",
    });
  });

  test("an instance with a loopback address can be logged in to", async () => {
    const made = await connect(loopback);
    expect(await runSsh(made, key.pair, "echo here")).toMatchObject({ code: 0, stdout: "here\n" });
    // Its image is Ubuntu's, by its name.
    expect(made.user).toBe("ubuntu");
  });

  test("an IPv6 address is not reached through an endpoint for IPv4 only", async () => {
    const body = { publicKey: key.pair.publicKey, connectionType: "eice", ipAddress: "2001:db8:1234::9" };
    const response = await askForConnection(local.stack.url, "alice", shop, body);
    expect(response).toMatchObject({ status: 409, body: { code: "endpoint-unavailable" } });
  });

  test("a private instance in a VPC without an endpoint cannot be reached", async () => {
    const response = await askForConnection(local.stack.url, "alice", isolated, { publicKey: key.pair.publicKey });
    expect(response).toMatchObject({
      status: 409,
      body: { code: "no-route-to-instance", detail: expect.stringContaining("VPC") },
    });
  });
});
