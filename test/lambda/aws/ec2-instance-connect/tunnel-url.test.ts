import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { presignTunnelUrl } from "../../../../lambda/aws/ec2-instance-connect/tunnel-url.ts";

/** What the AWS CLI's tunnel presigns. */
interface Vector {
  readonly name: string;
  readonly input: {
    readonly region: string;
    readonly dnsName: string;
    readonly endpointId: string;
    readonly remotePort: number;
    readonly privateIpAddress: string;
    readonly maxTunnelDuration: number | null;
    readonly now: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string | null;
  };
  readonly url: string;
}
const file = new URL("../../../fixtures/presign.json", import.meta.url);
const vectors: readonly Vector[] = JSON.parse(readFileSync(file, "utf8"));

/** `20260102T030405Z` as a Date. */
const dateOf = (basic: string) => new Date(basic.replace(/^(....)(..)(..T..)(..)/, "$1-$2-$3:$4:"));

function presign({
  dnsName,
  region,
  endpointId,
  privateIpAddress,
  remotePort,
  maxTunnelDuration,
  ...input
}: Vector["input"]) {
  const { accessKeyId, secretAccessKey, sessionToken } = input;
  return presignTunnelUrl(
    { region, credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== null && { sessionToken }) } },
    {
      origin: `wss://${dnsName}`,
      endpointId,
      address: privateIpAddress,
      port: remotePort,
      ...(maxTunnelDuration !== null && { maxDuration: maxTunnelDuration }),
    },
    dateOf(input.now),
  );
}

/** Where a URL leads and its parameters, by name: their order is of no account. */
const parts = (text: string) => {
  const url = new URL(text);
  return [`${url.protocol}//${url.host}${url.pathname}`, Object.fromEntries(url.searchParams)];
};

describe("tunnel URLs are those of AWS's own CLI", () => {
  test.each(vectors)("$name: the same parameters, the same signature", async ({ input, url }) => {
    expect(parts(await presign(input))).toEqual(parts(url));
  });

  test.each(vectors)("$name: escaped as AWS escapes, no parameter twice", async ({ input, url }) => {
    const pairs = (text: string) =>
      text
        .slice(text.indexOf("?") + 1)
        .split("&")
        .sort();
    expect(pairs(await presign(input))).toEqual(pairs(url));
  });
});

test("an origin of the local stack keeps its scheme and port", async () => {
  const url = await presignTunnelUrl(
    { region: "us-east-1", credentials: { accessKeyId: "AKID", secretAccessKey: "secret" } },
    { origin: "ws://127.0.0.1:8081", endpointId: "eice-0b", address: "10.0.0.5", port: 22 },
    new Date("2026-01-02T03:04:05Z"),
  );
  expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:8081\/openTunnel\?instanceConnectEndpointId=eice-0b&/);
});
