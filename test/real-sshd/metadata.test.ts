import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { ActiveKeys } from "../../local/instances/active-keys.ts";
import { keyBlocks } from "../../local/instances/key-block.ts";
import { type Metadata, startMetadata } from "../../local/instances/metadata.ts";
import { keys } from "../fixtures/keys.ts";
import { makeSigner, type Signer } from "./signer.ts";

const instanceId = "i-0123456789abcdef0";
const activeKeysOf = (osUser: string) => `/latest/meta-data/managed-ssh-keys/active-keys/${osUser}/`;

describe("the stand-in of instance metadata", () => {
  let now = new Date("2026-01-01T12:00:00Z");
  let signer: Signer;
  let metadata: Metadata;
  const activeKeys = new ActiveKeys(() => now);

  beforeAll(async () => {
    signer = await makeSigner();
    metadata = await startMetadata({
      instanceId,
      availabilityZone: "us-east-1a",
      clock: () => now,
      signerCertificate: signer.certificate,
      activeKeys: (osUser) => keyBlocks(activeKeys, instanceId, osUser, signer.privateKey),
    });
  });
  afterAll(() => metadata.stop());

  const complaints = jest.spyOn(console, "error");
  beforeEach(() => {
    now = new Date("2026-01-01T12:00:00Z");
    complaints.mockReset();
  });

  async function askToken(life?: string): Promise<Response> {
    const headers = life === undefined ? {} : { "X-aws-ec2-metadata-token-ttl-seconds": life };
    return fetch(`${metadata.url}/latest/api/token`, { method: "PUT", headers });
  }

  async function read(path: string, token?: string, method = "GET"): Promise<{ status: number; text: string }> {
    const headers = { "X-aws-ec2-metadata-token": token ?? (await (await askToken("60")).text()) };
    const response = await fetch(metadata.url + path, { method, headers });
    return { status: response.status, text: await response.text() };
  }

  test.each([
    ["without a lifetime", undefined],
    ["with a lifetime of 0", "0"],
    ["for more than six hours", "21601"],
    ["with a lifetime that is not a number", "long"],
  ])("gives no token %s", async (_, life) => {
    expect((await askToken(life)).status).toBe(400);
  });

  test("returns nothing without a token", async () => {
    const response = await fetch(`${metadata.url}/latest/meta-data/instance-id/`);
    expect({ status: response.status, text: await response.text() }).toEqual({ status: 401, text: "" });
  });

  test("returns nothing for a token that it did not issue", async () => {
    expect(await read("/latest/meta-data/instance-id/", "token")).toEqual({ status: 401, text: "" });
  });

  test("returns nothing for an expired token", async () => {
    const token = await (await askToken("60")).text();
    now = new Date("2026-01-01T12:01:00Z");
    expect(await read("/latest/meta-data/instance-id/", token)).toEqual({ status: 401, text: "" });
  });

  test.each([
    ["a path that it does not know", "GET", "/latest/meta-data/hostname/"],
    ["a path without its last slash", "GET", "/latest/meta-data/instance-id"],
    ["the list of users who have keys", "GET", "/latest/meta-data/managed-ssh-keys/active-keys/"],
    ["a path below a user's keys", "GET", activeKeysOf("ec2-user/more")],
    ["another method", "DELETE", "/latest/meta-data/instance-id/"],
  ])("returns 404 for %s, and reports it", async (_, method, path) => {
    expect(await read(path, undefined, method)).toEqual({ status: 404, text: "" });
    expect(complaints).toHaveBeenCalledWith(`The metadata stand-in does not know ${method} ${path}`);
  });

  test("returns 404 for a user without keys, and logs nothing", async () => {
    activeKeys.push(instanceId, "ec2-user", keys.ed25519);
    activeKeys.push("i-0a1b2c3d", "ubuntu", keys.ed25519);
    expect(await read(activeKeysOf("ubuntu"))).toEqual({ status: 404, text: "" });
    expect(complaints).not.toHaveBeenCalled();
  });

  test.each([
    ["the instance's id", "instance-id/", instanceId],
    ["its zone", "placement/availability-zone/", "us-east-1a"],
    ["the domain of AWS's services", "services/domain/", "amazonaws.com"],
  ])("returns %s", async (_, path, text) => {
    expect(await read(`/latest/meta-data/${path}`)).toEqual({ status: 200, text });
  });

  test("returns the instance's time", async () => {
    expect((await askToken("60")).headers.get("Date")).toBe("Thu, 01 Jan 2026 12:00:00 GMT");
  });

  test("has a signed block for each key of a user", async () => {
    const origin = { caller: "arn:aws:sts::111122223333:assumed-role/push/alice", requestId: "request-1" };
    activeKeys.push(instanceId, "admin", keys.ed25519, origin);
    activeKeys.push(instanceId, "admin", keys.rsa2048);
    const { text } = await read(activeKeysOf("admin"));
    const signature = expect.stringMatching(/^[A-Za-z0-9+/]{342}==$/);
    expect(text.split("\n")).toEqual([
      `#Timestamp=${Date.parse("2026-01-01T12:01:00Z") / 1000}`,
      `#Instance=${instanceId}`,
      `#Caller=${origin.caller}`,
      `#Request=${origin.requestId}`,
      keys.ed25519,
      signature,
      "",
      `#Timestamp=${Date.parse("2026-01-01T12:01:00Z") / 1000}`,
      `#Instance=${instanceId}`,
      keys.rsa2048,
      signature,
      "",
      "",
    ]);
  });
});
