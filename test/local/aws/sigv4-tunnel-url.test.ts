import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { verifySignature } from "../../../local/aws/sigv4.ts";

/** What the AWS CLI's tunnel presigns. */
interface PresignVector {
  readonly name: string;
  readonly input: {
    readonly region: string;
    readonly dnsName: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string | null;
  };
  readonly url: string;
}
const presignFile = new URL("../../fixtures/presign.json", import.meta.url);
const presignVectors: PresignVector[] = JSON.parse(readFileSync(presignFile, "utf8"));

describe.each(presignVectors)("the golden tunnel URL “$name”", ({ input, url }) => {
  const { secretAccessKey, sessionToken } = input;
  const scope = { region: input.region, service: "ec2-instance-connect" };
  const signedAt = new Date("2026-01-02T03:04:05Z");
  const later = (seconds: number) => new Date(signedAt.getTime() + seconds * 1000);
  const mismatch = expect.stringContaining("The signature does not match: check");
  const secret = sessionToken === null ? { secretAccessKey } : { secretAccessKey, sessionToken };
  const verify = (target: string, now = signedAt, host = input.dnsName) =>
    verifySignature({ method: "GET", target, headers: { host }, body: new Uint8Array() }, scope, () => secret, now);
  const target = url.slice(url.indexOf("/openTunnel"));

  test.each([-300, 0, 59.999, 60])("is verified %d seconds after it was made", (seconds) => {
    expect(verify(target, later(seconds))).toEqual({
      kind: "verified",
      accessKeyId: "AKIDEXAMPLE",
      region: input.region,
      presigned: true,
    });
  });
  test.each([60.001, 61, 86_400])("is refused %d seconds after", (seconds) => {
    expect(verify(target, later(seconds))).toEqual({
      kind: "refused",
      reason: "The presigned URL has expired.",
    });
  });
  test("is refused more than five minutes before", () => {
    expect(verify(target, later(-301))).toMatchObject({ reason: expect.stringContaining("not yet current") });
  });
  test.each([
    ["address", /privateIpAddress=[^&]+/, "privateIpAddress=10.0.0.6"],
    ["port", "remotePort=22", "remotePort=3389"],
    ["endpoint", /instanceConnectEndpointId=[^&]+/, "instanceConnectEndpointId=eice-0"],
    ["duration", /(&maxTunnelDuration=\d+)?&X-Amz-Algorithm/, "&maxTunnelDuration=1800&X-Amz-Algorithm"],
    ["lifetime", "X-Amz-Expires=60", "X-Amz-Expires=61"],
    ["path", "/openTunnel", "/openTunne"],
  ])("is refused with another %s", (_, part, other) => {
    const altered = target.replace(part, other);
    expect(altered).not.toBe(target);
    expect(verify(altered)).toEqual({ kind: "refused", reason: mismatch });
  });
  test("is refused to another host", () => {
    expect(verify(target, signedAt, "eice-0.example")).toEqual({ kind: "refused", reason: mismatch });
  });
});
