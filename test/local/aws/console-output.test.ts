import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { ec2Client } from "../../../lambda/aws/ec2/client.ts";
import { consoleReader } from "../../../lambda/aws/ec2/console-output.ts";
import { startReader } from "../../../lambda/aws/ec2/instance-starts.ts";
import { CallLog } from "../../../local/aws/call-log.ts";
import { CredentialStore } from "../../../local/aws/credentials.ts";
import { ec2Service } from "../../../local/aws/ec2.ts";
import { functionRole } from "../../../local/aws/roles.ts";
import { startStandIn } from "../../../local/aws/stand-in.ts";
import { sampleFleet } from "../../../local/fleet/sample-fleet.ts";
import { launch, start } from "../../../local/fleet/start-times.ts";
import { Consoles } from "../../../local/instances/consoles.ts";
import type { RunningServer } from "../../../local/shared/loopback-server.ts";
import { fleet as sample } from "../../support/api-client.ts";

const [launchedAt, startedAt] = [new Date("2026-01-02T03:04:05.000Z"), new Date("2026-01-02T04:04:05.000Z")];

describe("the console and the starts of a stand-in's instance, as the capture reads them", () => {
  const world = { clock: () => new Date(), latency: 0, log: new CallLog(), credentials: new CredentialStore() };
  const fleet = sampleFleet();
  const consoles = new Consoles(() => launchedAt);
  const signal = new AbortController().signal;
  const client = ec2Client({ region: "us-east-1" });
  const { readConsole, readStarts } = { ...consoleReader(client), ...startReader(client) };
  let ec2: RunningServer;
  beforeAll(async () => {
    ec2 = await startStandIn(
      ec2Service(() => ({ fleet, consoles })),
      world,
    );
    const { accessKeyId, secretAccessKey, sessionToken } = world.credentials.issue(functionRole("capture"));
    Object.assign(process.env, {
      AWS_REGION: "us-east-1",
      AWS_ENDPOINT_URL_EC2: `http://127.0.0.1:${ec2.port}`,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    });
  });
  afterAll(() => ec2.stop());
  beforeEach(() => world.log.clear());

  test("nothing of an instance that is not there", async () => {
    await expect(readConsole(sample.absent, signal)).resolves.toBeUndefined();
    await expect(readStarts(sample.absent, signal)).resolves.toBeUndefined();
  });

  test("an empty console, before it has shown anything", async () => {
    await expect(readConsole(sample.db1, signal)).resolves.toEqual({ text: "", updatedAt: undefined });
  });

  test.each([
    ["byte for byte, at one call", sample.web1, [200]],
    ["of an instance of before Nitro too, which has none of now", sample.legacy1, [400, 200]],
  ])("what it shows, %s", async (_, instanceId, statuses) => {
    consoles.replace(instanceId, "gone");
    consoles.replace(instanceId, "<&>\u0000\u001b\r\n");
    consoles.write(instanceId, "\u00ff");
    await expect(readConsole(instanceId, signal)).resolves.toEqual({
      text: "<&>\u0000\u001b\r\n\u00ff",
      updatedAt: launchedAt,
    });
    expect(world.log.calls.map(({ status }) => status)).toEqual(statuses);
  });

  test("the last 64 KB alone", async () => {
    consoles.replace(sample.web1, `first${"x".repeat(64 * 1024)}`);
    const shown = await readConsole(sample.web1, signal);
    expect(shown?.text).toBe("x".repeat(64 * 1024));
  });

  test("a start that is the first, and one that is not", async () => {
    const instance = fleet.find(sample.web1);
    if (!instance) throw new Error("web-1 is gone");
    await expect(readStarts(sample.web1, signal)).resolves.toBeUndefined();
    launch(instance, launchedAt);
    await expect(readStarts(sample.web1, signal)).resolves.toEqual({ first: launchedAt, last: launchedAt });
    start(instance, startedAt);
    await expect(readStarts(sample.web1, signal)).resolves.toEqual({ first: launchedAt, last: startedAt });
  });
});
