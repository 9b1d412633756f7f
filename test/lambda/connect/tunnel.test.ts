import { describe, expect, test } from "@jest/globals";
import type { CoveringAccess } from "../../../lambda/connect/covering-access.ts";
import { presignTunnel, tunnelTimes } from "../../../lambda/connect/tunnel.ts";
import { connectionInput, connectSettings } from "../../support/connection-request.ts";
import { activeAccess } from "../../support/fake-access-table.ts";
import { fakeConnectPorts } from "../../support/fake-connect-ports.ts";
import { endpoint } from "../../support/samples.ts";

const { endpointId } = endpoint;
const route = {
  connectionType: "eice",
  host: "10.0.1.10",
  port: 22,
  endpoint: { endpointId, dnsName: "endpoint.example" },
} as const;

async function opened(maxTunnelSeconds = 900, settings = connectSettings, accessExpiresAt?: Date) {
  const fake = fakeConnectPorts({ now: new Date("2026-01-02T03:04:05.678Z") });
  const { ports, context } = fake;
  const access: CoveringAccess | undefined = accessExpiresAt && {
    ...activeAccess(),
    expiresAt: accessExpiresAt.toISOString(),
  };
  const call = { ports, settings, input: connectionInput({ maxTunnelSeconds }), context };
  const response = await presignTunnel(call, { route, ...(access && { access }) });
  if (!response) throw new Error("The route goes through an endpoint, so there is a tunnel");
  return { response, ...fake };
}

test("it is signed for this endpoint, address and port only, in the subject's name", async () => {
  const { tunnels } = await opened();
  expect(tunnels).toMatchObject([{ subject: "alice", endpointId, address: "10.0.1.10", port: 22, maxDuration: 900 }]);
});

test("by a session that can open no other tunnel, and lasts as long as the URL", async () => {
  const { sessions } = await opened();
  expect(sessions().map(({ session }) => JSON.parse(session).Statement)).toEqual([
    [
      {
        Effect: "Allow",
        Action: "ec2-instance-connect:OpenTunnel",
        Resource: `arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/${endpointId}`,
        Condition: {
          NumericEquals: {
            "ec2-instance-connect:remotePort": 22,
            "ec2-instance-connect:maxTunnelDuration": 900,
          },
          IpAddress: { "ec2-instance-connect:privateIpAddress": "10.0.1.10/32" },
          // Sixty seconds after the request's deadline, by which the URL is signed.
          DateLessThan: { "aws:CurrentTime": "2026-01-02T03:05:25.678Z" },
        },
      },
    ],
  ]);
});

test("its sixty seconds count from the signature, which has whole seconds only", async () => {
  const { response, tunnels } = await opened();
  expect(tunnels[0]?.signedAt).toEqual(new Date("2026-01-02T03:04:05.000Z"));
  expect(response).toEqual({
    url: "wss://endpoint.example/openTunnel?signed",
    expiresAt: "2026-01-02T03:05:05.000Z",
    maxDurationSeconds: 900,
    endpointId,
  });
});

test.each([
  ["the requested time", 600, 3600, 600],
  ["the stack's limit, if more is requested", 3600, 1200, 1200],
  ["the limit itself", 1200, 1200, 1200],
])("it stays open for %s", async (_, asked, maxTunnelSeconds, lasts) => {
  const { response, tunnels, sessions } = await opened(asked, { ...connectSettings, maxTunnelSeconds });
  expect(response.maxDurationSeconds).toBe(lasts);
  expect(tunnels).toMatchObject([{ maxDuration: lasts }]);
  expect(sessions()[0]?.session).toContain(`"ec2-instance-connect:maxTunnelDuration":${lasts}`);
});

test("it is opened at the local stack's origin if there is one", async () => {
  const { response } = await opened(900, { ...connectSettings, tunnelOrigin: "ws://127.0.0.1:1234" });
  expect(response.url).toBe("ws://127.0.0.1:1234/openTunnel?signed");
});

describe("the remaining access is split: one part to open the tunnel, the rest to use it", () => {
  const now = Date.parse("2026-01-02T03:04:05.678Z");
  test.each([
    [0, 900, 1, -1],
    [1, 900, 1, 0],
    [2, 900, 1, 1],
    [3, 900, 2, 1],
    [59, 900, 30, 29],
    [60, 900, 30, 30],
    [61, 900, 31, 30],
    [119, 900, 60, 59],
    [120, 900, 60, 60],
    [121, 900, 61, 60],
    [900, 900, 840, 60],
    [960, 900, 900, 60],
    [961, 900, 900, 61],
    [3600, 3600, 3540, 60],
    [86_400, 3600, 3600, 82_800],
    [1, 1, 1, 0],
    [3, 1, 1, 2],
    [61, 10, 10, 51],
    [900, 60, 60, 840],
  ])("of %d s, where %d s are wanted: a duration of %d s, opened within %d s", (left, wanted, lasts, within) => {
    // Fractions of a second are dropped.
    for (const more of [0, 1, 999]) {
      const accessExpiresAt = new Date(now + left * 1000 + more);
      const openBy = new Date(now + within * 1000 + more);
      expect(tunnelTimes(wanted, accessExpiresAt, new Date(now))).toEqual({ maxDuration: lasts, openBy });
      expect(openBy.getTime() + lasts * 1000).toBe(accessExpiresAt.getTime());
    }
  });

  test("without access it is the requested time, no matter when it is opened", () => {
    expect(tunnelTimes(900, undefined, new Date(now))).toEqual({ maxDuration: 900 });
  });
});

test.each<[string, expiresAt: string, lasts: number, urlEnds: string, sessionEnds: string]>([
  ["a day", "2026-01-03T03:04:05.678Z", 900, "03:05:05.000", "03:05:25.678"],
  [
    "as long as it is wanted and the URL and the deadline take",
    "2026-01-02T03:20:25.678Z",
    900,
    "03:05:05.000",
    "03:05:25.678",
  ],
  ["a millisecond less", "2026-01-02T03:20:25.677Z", 900, "03:05:05.000", "03:05:25.677"],
  ["as long as it is wanted", "2026-01-02T03:19:05.678Z", 840, "03:05:05.000", "03:05:05.678"],
  ["a millisecond less than that", "2026-01-02T03:19:05.677Z", 839, "03:05:05.000", "03:05:06.677"],
  ["thirty seconds", "2026-01-02T03:04:35.678Z", 15, "03:04:20.678", "03:04:20.678"],
  ["one second", "2026-01-02T03:04:06.678Z", 1, "03:04:05.678", "03:04:05.678"],
  ["less than a second", "2026-01-02T03:04:06.000Z", 1, "03:04:05.000", "03:04:05.000"],
  ["nothing any more", "2026-01-02T03:04:05.000Z", 1, "03:04:04.000", "03:04:04.000"],
])("of the access that carries it %s is left", async (_, expiresAt, lasts, urlEnds, sessionEnds) => {
  const { response, sessions, tunnels } = await opened(900, connectSettings, new Date(expiresAt));
  expect(response).toMatchObject({ maxDurationSeconds: lasts, expiresAt: `2026-01-02T${urlEnds}Z` });
  expect(tunnels).toMatchObject([{ maxDuration: lasts }]);
  const { Condition } = JSON.parse(sessions()[0]?.session ?? "").Statement[0];
  expect(Condition).toMatchObject({
    NumericEquals: { "ec2-instance-connect:maxTunnelDuration": lasts },
    DateLessThan: { "aws:CurrentTime": `2026-01-02T${sessionEnds}Z` },
  });
  const lastOpening = Date.parse(Condition.DateLessThan["aws:CurrentTime"]);
  expect(lastOpening + lasts * 1000).toBeLessThanOrEqual(Date.parse(expiresAt));
});
