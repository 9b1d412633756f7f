import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { ec2Client } from "../../../../lambda/aws/ec2/client.ts";
import { consoleReader } from "../../../../lambda/aws/ec2/console-output.ts";
import { ec2Error, ec2Response } from "../../../support/ec2-responses.ts";
import { useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("EC2");
const { readConsole } = consoleReader(ec2Client({ region: "us-east-1" }));
const instanceId = "i-0123456789abcdef0";
const read = (signal = new AbortController().signal) => readConsole(instanceId, signal);
const asked = () => service.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
const base64 = (bytes: Buffer | string) => Buffer.from(bytes).toString("base64");
const shown = (output: string) =>
  ec2Response("GetConsoleOutput", { instanceId, timestamp: "2026-01-02T03:04:05.000Z", output });

beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

describe("faults", () => {
  test.each([
    ["RequestLimitExceeded", 503, "upstream-unavailable"],
    ["UnauthorizedOperation", 403, "aws-refused"],
    ["InvalidInstanceID.Malformed", 400, "upstream-failure"],
    ["InternalError", 500, "upstream-failure"],
  ])("%s under %d is %s", async (name, status, code) => {
    service.respondAlways(ec2Error(name, status));
    await expect(read()).rejects.toMatchObject({ code });
  });

  test("a silent EC2 is deadline-exceeded when the deadline ends", async () => {
    const deadline = new AbortController();
    service.respond(() => {
      setImmediate(() => deadline.abort());
      return "silence";
    });
    await expect(read(deadline.signal)).rejects.toMatchObject({ code: "deadline-exceeded" });
  });

  test("an instance without a live console either is a fault, and is not retried for ever", async () => {
    service.respond(ec2Error("UnsupportedOperation", 400), ec2Error("UnsupportedOperation", 400));
    await expect(read()).rejects.toMatchObject({ code: "upstream-failure" });
  });
});

test("an absent instance has no output", async () => {
  service.respond(ec2Error("InvalidInstanceID.NotFound", 400));
  await expect(read()).resolves.toBeUndefined();
});

describe("the request", () => {
  test("is for the live console", async () => {
    service.respond(shown(base64("hello")));
    await read();
    expect(asked()).toEqual([
      { Action: "GetConsoleOutput", Version: "2016-11-15", InstanceId: instanceId, Latest: "true" },
    ]);
  });

  test.each([
    ["whose type is not of Nitro", "UnsupportedOperation"],
    ["which does not run any more", "IncorrectInstanceState"],
  ])("of an instance %s is what EC2 has taken off it", async (_, name) => {
    service.respond(ec2Error(name, 400), shown(base64("hello")));
    await expect(read()).resolves.toMatchObject({ text: "hello" });
    expect(asked()[1]).toEqual({ Action: "GetConsoleOutput", Version: "2016-11-15", InstanceId: instanceId });
  });
});

describe("the output", () => {
  test("has one character for each byte, and the time it was written", async () => {
    service.respond(shown(base64(Buffer.from([0x00, 0x1b, 0xc3, 0xa9, 0xff, 0x0a]))));
    await expect(read()).resolves.toEqual({
      text: "\u0000\u001b\u00c3\u00a9\u00ff\n",
      updatedAt: new Date("2026-01-02T03:04:05.000Z"),
    });
  });

  test("may be base64 in lines", async () => {
    service.respond(shown("aGVs\nbG8="));
    await expect(read()).resolves.toMatchObject({ text: "hello" });
  });

  test("may be empty, if EC2 has none", async () => {
    service.respond(ec2Response("GetConsoleOutput", { instanceId }));
    await expect(read()).resolves.toEqual({ text: "", updatedAt: undefined });
  });
});
