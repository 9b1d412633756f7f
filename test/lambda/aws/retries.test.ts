import { EC2InstanceConnectClient, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import { beforeEach, expect, jest, test } from "@jest/globals";
import { clientSettings } from "../../../lambda/aws/clients.ts";
import { callDirectly } from "../../../lambda/aws/direct-calls.ts";
import { awsEnvironment } from "../../support/patient-clients.ts";

Object.assign(process.env, awsEnvironment);

// No pauses between attempts.
beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

type Outcome = Error | { readonly status: number; readonly headers?: Record<string, string>; readonly name?: string };

/** Makes a call whose first attempts have these outcomes, and whose others succeed. */
async function callAfter(...outcomes: readonly Outcome[]) {
  const left = [...outcomes];
  let attempts = 0;
  const handle = async () => {
    attempts += 1;
    const { status = 200, headers = {}, name } = throwing(left.shift()) ?? {};
    const body = Buffer.from(JSON.stringify(name === undefined ? { Success: true } : { __type: name }));
    return { response: { statusCode: status, headers, body } };
  };
  const settings = { ...clientSettings({ region: "us-east-1" }), requestHandler: { handle } };
  const client = callDirectly(new EC2InstanceConnectClient(settings));
  const command = new SendSSHPublicKeyCommand({ InstanceId: "i-1", InstanceOSUser: "root", SSHPublicKey: "ssh-rsa" });
  const response = await client.send(command).catch((error: unknown) => error);
  return { attempts, response };
}

function throwing(outcome: Outcome | undefined) {
  if (outcome instanceof Error) throw outcome;
  return outcome;
}

const network = (code: string) => Object.assign(new Error(code), { code });
const named = (name: string) => Object.assign(new Error(name), { name });

test.each<[sentence: string, outcome: Outcome]>([
  ["a fault of the service", { status: 500, name: "ServiceException" }],
  ["an overloaded service", { status: 503, name: "ServiceUnavailable" }],
  ["throttling", { status: 400, name: "ThrottlingException" }],
  ["a response 429", { status: 429, name: "SomethingNew" }],
  ["a connection that was reset", network("ECONNRESET")],
  ["a connection that was refused", network("ECONNREFUSED")],
  ["a host that is not found", network("ENOTFOUND")],
  ["a time-out", named("TimeoutError")],
])("%s is retried, three attempts in all", async (_, outcome) => {
  expect(await callAfter(outcome, outcome)).toMatchObject({ attempts: 3, response: { Success: true } });
  const { attempts, response } = await callAfter(outcome, outcome, outcome);
  expect(attempts).toBe(3);
  expect(response).toBeInstanceOf(Error);
});

test.each<[sentence: string, outcome: Outcome]>([
  ["a request that AWS refuses", { status: 403, name: "AuthException" }],
  ["a wrong argument", { status: 400, name: "InvalidArgsException" }],
  ["a call that was aborted", named("AbortError")],
])("%s is not retried", async (_, outcome) => {
  expect(await callAfter(outcome)).toMatchObject({ attempts: 1, response: expect.any(Error) });
});

test("the next attempt waits for as long as AWS asks for", async () => {
  jest.spyOn(Date, "now").mockReturnValue(Date.parse("2026-01-02T03:04:05Z"));
  const { response } = await callAfter({ status: 503, name: "ServiceUnavailable", headers: { "retry-after": "0.05" } });
  expect(response).toMatchObject({ $metadata: { attempts: 2, totalRetryDelay: 50 } });
});
