import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { CallLog } from "../../../local/aws/call-log.ts";
import { CredentialStore } from "../../../local/aws/credentials.ts";
import { functionRole } from "../../../local/aws/roles.ts";
import { Secrets, secretsService } from "../../../local/aws/secrets-manager.ts";
import { startStandIn } from "../../../local/aws/stand-in.ts";
import type { RunningServer } from "../../../local/shared/loopback-server.ts";
import { signRequest } from "../../support/sigv4-signer.ts";

const world = { clock: () => new Date(), latency: 0, log: new CallLog(), credentials: new CredentialStore() };
const arnOf = (name: string) => `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}`;
const own = arnOf("latchkey/slack-AbCdEf");

let secrets: Secrets;
let server: RunningServer;
beforeAll(async () => {
  secrets = new Secrets();
  server = await startStandIn(secretsService(secrets), world);
});
afterAll(() => server.stop());
beforeEach(() => {
  secrets.isDown = false;
  secrets.put(own, "one");
});

async function read(SecretId: string) {
  const Resource = [own, arnOf("latchkey/empty-AbCdEf")];
  const Statement = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource } as const;
  const policies = [{ Version: "2012-10-17", Statement } as const];
  const { principal: _, ...credentials } = world.credentials.issue({ ...functionRole("service"), policies });
  const url = `http://127.0.0.1:${server.port}/`;
  const body = JSON.stringify({ SecretId });
  const target = { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.GetSecretValue" };
  const scope = { service: "secretsmanager", region: "us-east-1", now: new Date() };
  const signed = await signRequest({ method: "POST", url, headers: target, body, ...credentials, ...scope });
  const { host: __, ...headers } = signed;
  const response = await fetch(url, { method: "POST", headers, body });
  return { status: response.status, ...((await response.json()) as object) };
}

describe("nothing is read", () => {
  test.each([
    ["of a secret that the role may not read", arnOf("other-AbCdEf"), { __type: "AccessDeniedException", status: 400 }],
    ["of one without a value", arnOf("latchkey/empty-AbCdEf"), { __type: "ResourceNotFoundException", status: 400 }],
  ])("%s", async (_, arn, expected) => expect(await read(arn)).toMatchObject(expected));

  test("while the service is down", async () => {
    secrets.isDown = true;
    expect(await read(own)).toEqual({ __type: "InternalServiceError", message: expect.any(String), status: 503 });
  });
});

test("the current version is read, with the secret's name", async () => {
  expect(await read(own)).toMatchObject({
    ARN: own,
    Name: "latchkey/slack",
    SecretString: "one",
    VersionStages: ["AWSCURRENT"],
  });
});

test("after a rotation it is the new one", async () => {
  const before = await read(own);
  secrets.put(own, "two");
  const after = await read(own);
  expect(after).toMatchObject({ SecretString: "two" });
  expect("VersionId" in after && after.VersionId).not.toBe("VersionId" in before && before.VersionId);
});
