import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { keyPusher } from "../../../../lambda/aws/ec2-instance-connect/push-key.ts";
import type { Push } from "../../../../lambda/connect/ports.ts";
import { NotPushed } from "../../../../lambda/connect/ports.ts";
import { problemFrom } from "../../../support/problems.ts";
import { jsonError, useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("EC2_INSTANCE_CONNECT");
const credentials = { accessKeyId: "AKIDPUSH", secretAccessKey: "secret", sessionToken: "the-session" };
const start = Date.parse("2026-01-02T03:04:05Z");
const push = {
  instanceId: "i-0123456789abcdef0",
  osUser: "ec2-user",
  connectionType: "direct" as Push["connectionType"],
  keyLine: `ssh-ed25519 ${"A".repeat(68)}`,
  pushBy: new Date(start + 5000),
};
const pushed = { body: JSON.stringify({ Success: true, RequestId: "aws-1" }) };

/** AWS takes these seconds to answer so. */
const late = (seconds: number, answer: ReturnType<typeof jsonError>) => () => {
  now += seconds * 1000;
  return answer;
};

let now = start;
const pushNow = (signal = new AbortController().signal, change: Partial<Push> = {}) =>
  keyPusher("us-east-1", () => new Date(now)).pushKey(credentials, { ...push, ...change }, signal);
const pushToConsole = () => pushNow(undefined, { connectionType: "serial", osUser: `${push.instanceId}.port0` });

// No pauses between attempts.
beforeEach(() => {
  now = start;
  jest.spyOn(Math, "random").mockReturnValue(0);
});

describe("what counts as pushed", () => {
  test.each([
    ["a response that says it did not succeed", { Success: false, RequestId: "aws-1" }],
    ["a response that does not say whether it succeeded", { RequestId: "aws-1" }],
    ["a response whose success is a string", { Success: "true" }],
    ["an empty answer", undefined],
  ])("%s is no push", async (_, body) => {
    service.respond({ body: body === undefined ? "" : JSON.stringify(body) });
    await expect(pushNow()).rejects.toMatchObject({ code: "upstream-failure" });
  });

  test("a response that explicitly says it succeeded", async () => {
    service.respond(pushed);
    await expect(pushNow()).resolves.toEqual({ startedAt: new Date(start), awsRequestId: "aws-1" });
  });

  test("what goes over the wire: one key for one user of one instance, with the session's credentials", async () => {
    service.respond(pushed);
    await pushNow();
    const [{ headers, body } = { headers: {}, body: "" }] = service.requests;
    expect(headers).toMatchObject({
      "x-amz-target": "AWSEC2InstanceConnectService.SendSSHPublicKey",
      "x-amz-security-token": "the-session",
      authorization: expect.stringMatching(/Credential=AKIDPUSH\/\d{8}\/us-east-1\/ec2-instance-connect\//),
    });
    expect(JSON.parse(body)).toEqual({
      InstanceId: push.instanceId,
      InstanceOSUser: push.osUser,
      SSHPublicKey: push.keyLine,
    });
  });
});

describe("a push to the serial console", () => {
  test("has no user: one key for the one port of one instance", async () => {
    service.respond(pushed);
    await pushToConsole();
    const [{ headers, body } = { headers: {}, body: "" }] = service.requests;
    expect(headers).toMatchObject({
      "x-amz-target": "AWSEC2InstanceConnectService.SendSerialConsoleSSHPublicKey",
      "x-amz-security-token": "the-session",
    });
    expect(JSON.parse(body)).toEqual({ InstanceId: push.instanceId, SerialPort: 0, SSHPublicKey: push.keyLine });
  });

  test("is none where the service does not say in so many words that it succeeded", async () => {
    service.respond({ body: JSON.stringify({ RequestId: "aws-1" }) });
    await expect(pushToConsole()).rejects.toMatchObject({ code: "upstream-failure" });
  });

  test("starts no attempt after pushBy", async () => {
    service.respond(late(5.001, jsonError("SerialConsoleSessionUnavailableException", 500)));
    await expect(pushToConsole()).rejects.toMatchObject({ code: "deadline-exceeded" });
    expect(service.requests).toHaveLength(1);
  });

  test("counts the key's life from the attempt that succeeded", async () => {
    service.respond(late(2, jsonError("SerialConsoleSessionUnavailableException", 500)), pushed);
    await expect(pushToConsole()).resolves.toEqual({ startedAt: new Date(start + 2000), awsRequestId: "aws-1" });
  });
});

describe("attempts", () => {
  test("none starts after pushBy: the service sees no second one", async () => {
    service.respond(late(5.001, jsonError("ServiceException", 500)));
    const problem = await problemFrom(pushNow);
    expect(problem.code).toBe("deadline-exceeded");
    // The first one may have pushed the key.
    expect(problem).not.toBeInstanceOf(NotPushed);
    expect(service.requests).toHaveLength(1);
  });

  test("nor a first one", async () => {
    now = start + 5001;
    const problem = await problemFrom(pushNow);
    expect(problem.code).toBe("deadline-exceeded");
    expect(problem).toBeInstanceOf(NotPushed);
    expect(service.requests).toHaveLength(0);
  });

  test("the deadline cuts an attempt that gets no response", async () => {
    const deadline = new AbortController();
    service.respond(() => {
      setImmediate(() => deadline.abort());
      return "silence";
    });
    const problem = await problemFrom(() => pushNow(deadline.signal));
    expect(problem.code).toBe("deadline-exceeded");
    expect(problem).not.toBeInstanceOf(NotPushed);
  });

  test("a deadline that has ended lets none start", async () => {
    await expect(pushNow(AbortSignal.abort())).rejects.toMatchObject({ code: "deadline-exceeded" });
    expect(service.requests).toHaveLength(0);
  });

  test("they are three at most", async () => {
    service.respond(...Array.from({ length: 3 }, () => jsonError("ServiceException", 500)));
    await expect(pushNow()).rejects.toMatchObject({ code: "upstream-failure" });
  });

  test.each([
    ["a 500", jsonError("ServiceException", 500)],
    ["throttling", jsonError("ThrottlingException", 429)],
    ["an instance that is not available yet", jsonError("EC2InstanceUnavailableException", 503)],
    ["a connection that is dropped, the push perhaps applied", "reset" as const],
  ])("after %s the key's life counts from the second one", async (_, answer) => {
    service.respond(late(2, answer), pushed);
    await expect(pushNow()).resolves.toEqual({ startedAt: new Date(start + 2000), awsRequestId: "aws-1" });
    expect(service.requests).toHaveLength(2);
  });

  test("one that starts at pushBy itself is not too late", async () => {
    service.respond(late(5, jsonError("ServiceException", 500)), pushed);
    await expect(pushNow()).resolves.toMatchObject({ startedAt: push.pushBy });
  });
});
