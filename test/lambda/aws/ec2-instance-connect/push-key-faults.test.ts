import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { keyPusher } from "../../../../lambda/aws/ec2-instance-connect/push-key.ts";
import type { Push } from "../../../../lambda/connect/ports.ts";
import { jsonError, useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("EC2_INSTANCE_CONNECT");
const endpoint = "AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT";
const credentials = { accessKeyId: "AKIDPUSH", secretAccessKey: "secret", sessionToken: "the-session" };
const push = { instanceId: "i-0123456789abcdef0", osUser: "root", keyLine: "ssh-rsa AAAA", pushBy: new Date(8e15) };
// Each from a pusher of its own: a client that has retried often retries no more.
const pushNow = (connectionType: Push["connectionType"] = "direct") =>
  keyPusher("us-east-1", () => new Date()).pushKey(
    credentials,
    { ...push, connectionType },
    new AbortController().signal,
  );

// No pauses between attempts.
beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

/** What Latchkey makes of every error of the service's model, wherever the key goes. */
const meanings = [
  ["AuthException", "aws-refused"],
  ["EC2InstanceNotFoundException", "instance-not-found"],
  ["EC2InstanceStateInvalidException", "instance-not-running"],
  ["EC2InstanceTypeInvalidException", "no-route-to-instance"],
  ["EC2InstanceUnavailableException", "upstream-unavailable"],
  ["InvalidArgsException", "key-rejected"],
  ["ServiceException", "upstream-failure"],
  ["ThrottlingException", "upstream-unavailable"],
] as const;

/** What it makes of those about serial consoles, where the key goes to one, and where it does not. */
const consoleMeanings = [
  ["SerialConsoleAccessDisabledException", "no-route-to-instance", "upstream-failure"],
  ["SerialConsoleSessionLimitExceededException", "no-route-to-instance", "upstream-failure"],
  ["SerialConsoleSessionUnavailableException", "upstream-unavailable", "upstream-failure"],
  ["SerialConsoleSessionUnsupportedException", "no-route-to-instance", "upstream-failure"],
] as const;

/** Not in the model, but answered by any service of AWS's. */
const common = [
  ["AccessDeniedException", "aws-refused"],
  ["ExpiredTokenException", "upstream-failure"],
  ["UnrecognizedClientException", "upstream-failure"],
  ["ServiceUnavailableException", "upstream-unavailable"],
  ["SomethingNewException", "upstream-failure"],
  ["toString", "upstream-failure"],
] as const;

describe.each([400, 403, 429, 500, 503])("an error is told by its name, under status %d", (status) => {
  test.each([...meanings, ...common])("%s is %s", async (name, code) => {
    service.respondAlways(jsonError(name, status));
    await expect(pushNow()).rejects.toMatchObject({ code, cause: { name } });
    await expect(pushNow("serial")).rejects.toMatchObject({ code, cause: { name } });
  });

  test.each(consoleMeanings)("%s is %s, and %s where no console is meant", async (name, code, otherwise) => {
    service.respondAlways(jsonError(name, status));
    await expect(pushNow("serial")).rejects.toMatchObject({ code, cause: { name } });
    await expect(pushNow()).rejects.toMatchObject({ code: otherwise, cause: { name } });
  });
});

test.each([
  ["EC2InstanceTypeInvalidException", "Only instances of Nitro types have a serial console."],
  ["SerialConsoleAccessDisabledException", "Serial console access is disabled in the AWS account."],
  [
    "SerialConsoleSessionLimitExceededException",
    "Someone else is connected to the serial console, which allows one session at a time. Try again later.",
  ],
  ["SerialConsoleSessionUnsupportedException", "Reboot the instance to use its serial console."],
])("what %s means is told in our words", async (name, detail) => {
  service.respondAlways(jsonError(name, 400));
  await expect(pushNow("serial")).rejects.toMatchObject({ code: "no-route-to-instance", detail });
});

test("the caller gets none of the words of AWS's error", async () => {
  service.respondAlways(jsonError("InvalidArgsException", 400));
  await expect(pushNow()).rejects.toMatchObject({ message: "key-rejected", detail: undefined, errors: undefined });
});

describe("a service that cannot be reached", () => {
  test("drops every connection", async () => {
    service.respondAlways("reset");
    await expect(pushNow()).rejects.toMatchObject({ code: "upstream-unavailable" });
    expect(service.requests).toHaveLength(3);
  });

  test("takes no connection", async () => {
    const usual = process.env[endpoint];
    // Port 1 of this machine: nothing listens there.
    process.env[endpoint] = "http://127.0.0.1:1";
    await expect(pushNow()).rejects.toMatchObject({ code: "upstream-unavailable" });
    process.env[endpoint] = usual;
  });

  test.each([
    ["a page of HTML under a 503", 503],
    ["a page of HTML under a 200", 200],
  ])("answers with %s", async (_, status) => {
    service.respondAlways({ status, body: "<html>Sorry</html>" });
    await expect(pushNow()).rejects.toMatchObject({ code: "upstream-failure" });
  });
});
