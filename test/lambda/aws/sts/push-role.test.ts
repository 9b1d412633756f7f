import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { stsClient } from "../../../../lambda/aws/sts/client.ts";
import { pushRole } from "../../../../lambda/aws/sts/push-role.ts";
import { type ScriptedResponse, useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("STS");
const roleArn = "arn:aws:iam::111122223333:role/latchkey-push";
const policy = '{"Version":"2012-10-17","Statement":[]}';
const { assumePushRole } = pushRole(stsClient({ region: "us-east-1" }), roleArn);
const assume = (signal = new AbortController().signal) => assumePushRole("alice", policy, signal);

const granted = { AccessKeyId: "ASIA1", SecretAccessKey: "secret", SessionToken: "token" };

function stsResponse(credentials: Partial<typeof granted> | undefined): ScriptedResponse {
  const elements = Object.entries(credentials ?? {}).map(([name, text]) => `<${name}>${text}</${name}>`);
  const result = credentials ? `<Credentials>${elements.join("")}</Credentials>` : "";
  return { body: `<AssumeRoleResponse><AssumeRoleResult>${result}</AssumeRoleResult></AssumeRoleResponse>` };
}

function stsError(code: string, status: number): ScriptedResponse {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>It says ${code}</Message></Error>`;
  return { status, body: `<ErrorResponse>${error}<RequestId>aws-1</RequestId></ErrorResponse>` };
}

beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

describe("no credentials", () => {
  test.each([
    ["no credentials at all", stsResponse(undefined)],
    ["credentials that are empty", stsResponse({})],
    ["no session token", stsResponse({ AccessKeyId: "ASIA1", SecretAccessKey: "secret" })],
    ["an empty session token", stsResponse({ ...granted, SessionToken: "" })],
    ["no secret", stsResponse({ AccessKeyId: "ASIA1", SessionToken: "token" })],
    ["an empty body", { body: "" }],
  ])("a response with %s is upstream-failure", async (_, response) => {
    service.respond(response);
    await expect(assume()).rejects.toMatchObject({ code: "upstream-failure" });
  });

  test.each([
    ["AccessDenied", 403, "aws-refused"],
    ["PackedPolicyTooLarge", 400, "upstream-failure"],
    ["MalformedPolicyDocument", 400, "upstream-failure"],
    ["Throttling", 400, "upstream-unavailable"],
    ["ServiceUnavailable", 503, "upstream-unavailable"],
  ])("%s under %d is %s", async (name, status, code) => {
    service.respondAlways(stsError(name, status));
    await expect(assume()).rejects.toMatchObject({ code });
  });

  test("a silent STS is deadline-exceeded when the deadline ends", async () => {
    const deadline = new AbortController();
    service.respond(() => {
      setImmediate(() => deadline.abort());
      return "silence";
    });
    await expect(assume(deadline.signal)).rejects.toMatchObject({ code: "deadline-exceeded" });
  });
});

describe("credentials of a session", () => {
  test("are requested in the subject's name, narrowed, for the shortest time that STS accepts", async () => {
    service.respond(stsResponse(granted));
    await assume();
    expect(Object.fromEntries(new URLSearchParams(service.requests[0]?.body))).toEqual({
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: roleArn,
      RoleSessionName: "alice",
      SourceIdentity: "alice",
      Policy: policy,
      DurationSeconds: "900",
    });
  });

  test("are requested with the function's own credentials", async () => {
    service.respond(stsResponse(granted));
    await assume();
    expect(service.requests[0]?.headers.authorization).toContain("Credential=AKIDEXAMPLE/");
  });

  test("are those of the response", async () => {
    service.respond(stsResponse(granted));
    await expect(assume()).resolves.toEqual({
      accessKeyId: "ASIA1",
      secretAccessKey: "secret",
      sessionToken: "token",
    });
  });
});
