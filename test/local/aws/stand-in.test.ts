import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { CallLog } from "../../../local/aws/call-log.ts";
import { CredentialStore } from "../../../local/aws/credentials.ts";
import { ec2Service } from "../../../local/aws/ec2.ts";
import { assumableRoles, functionRole } from "../../../local/aws/roles.ts";
import { startStandIn } from "../../../local/aws/stand-in.ts";
import { stsService } from "../../../local/aws/sts.ts";
import { sampleFleet } from "../../../local/fleet/sample-fleet.ts";
import { Consoles } from "../../../local/instances/consoles.ts";
import { settings } from "../../../local/shared/account.ts";
import type { RunningServer } from "../../../local/shared/loopback-server.ts";
import { signRequest } from "../../support/sigv4-signer.ts";

const world = { clock: () => new Date(), latency: 0, log: new CallLog(), credentials: new CredentialStore() };
const connect = world.credentials.issue(functionRole("connect"));
const service = world.credentials.issue(functionRole("service"));

describe("a stand-in", () => {
  let ec2: RunningServer;
  let sts: RunningServer;
  let complaint: ReturnType<typeof jest.spyOn>;
  beforeAll(async () => {
    ec2 = await startStandIn(
      ec2Service(() => ({ fleet: sampleFleet(), consoles: new Consoles(world.clock) })),
      world,
    );
    sts = await startStandIn(stsService(world.credentials, assumableRoles(settings)), world);
  });
  afterAll(async () => {
    await Promise.all([ec2.stop(), sts.stop()]);
  });
  beforeEach(() => {
    complaint = jest.spyOn(console, "error").mockImplementation(() => {});
  });
  afterEach(() => complaint.mockRestore());

  const call = async (to: "ec2" | "sts", body: string, as = connect) => {
    const url = `http://127.0.0.1:${to === "ec2" ? ec2.port : sts.port}/`;
    const { principal: _, ...credentials } = as;
    const scope = { service: to, region: "us-east-1", now: new Date() };
    const { host: __, ...headers } = await signRequest({ method: "POST", url, body, ...credentials, ...scope });
    const response = await fetch(url, { method: "POST", headers, body });
    return { status: response.status, text: await response.text() };
  };

  test.each([
    ["an operation", "Action=TerminateInstances&Version=2016-11-15", "TerminateInstances"],
    ["a parameter", "Action=DescribeInstances&Version=2016-11-15&DryRun=true", "DryRun"],
    ["a filter", "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=vpc-id&Filter.1.Value.1=x", "vpc-id"],
  ])("answers %s that it does not know by an error that nobody can overlook", async (_, body, name) => {
    const response = await call("ec2", body);
    expect(response).toMatchObject({ status: 501, text: expect.stringContaining("UnknownToStandIn") });
    expect(complaint).toHaveBeenCalledWith(expect.stringContaining(name));
  });

  test("refuses a call that is not signed", async () => {
    const response = await fetch(`http://127.0.0.1:${ec2.port}/`, { method: "POST", body: "Action=DescribeInstances" });
    expect(response.status).toBe(403);
  });

  test("refuses what the caller's role is not granted", async () => {
    const response = await call("ec2", "Action=DescribeInstances&Version=2016-11-15", service);
    expect(response).toMatchObject({ status: 403, text: expect.stringContaining("UnauthorizedOperation") });
  });

  test.each([
    [
      "a role that trusts another function",
      service,
      "arn:aws:iam::111122223333:role/latchkey-push",
      403,
      "AccessDenied",
    ],
    ["a role that is not the push role", connect, "arn:aws:iam::111122223333:role/Admin", 403, "AccessDenied"],
  ])("gives no credentials of %s", async (_, as, role, status, code) => {
    const body = new URLSearchParams({
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: role,
      RoleSessionName: "mallory",
    });
    expect(await call("sts", `${body}`, as)).toMatchObject({ status, text: expect.stringContaining(code) });
  });

  test("gives no session that is shorter than STS's fifteen minutes", async () => {
    const body = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::111122223333:role/latchkey-push";
    const response = await call("sts", `${body}&RoleSessionName=alice&DurationSeconds=60`);
    expect(response).toMatchObject({ status: 400, text: expect.stringContaining("ValidationError") });
  });
});
