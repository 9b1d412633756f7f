import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { Client, InMemoryTransport } from "@modelcontextprotocol/client";
import { portsOf } from "../../../client/mcp/run-mcp.ts";
import { makeServer } from "../../../client/mcp/server.ts";
import { sampleResponses } from "../../support/client/sample-responses.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

/** What the tools do with an API that does as it is told. */

let home: string;
let client: Client;
afterEach(async () => {
  await client.close();
  await rm(home, { recursive: true, force: true });
});

/** @param responses by call; an error is thrown. */
async function connect(responses: Readonly<Record<string, unknown>>) {
  home = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
  const called: string[] = [];
  const { context, shown } = scriptedWorld({});
  const call = async (name: string) => {
    called.push(name);
    const response: unknown = await responses[name];
    if (response instanceof Error) throw response;
    return response;
  };
  const ports = portsOf({
    ...context,
    homeDirectory: home,
    environment: { PATH: "/nowhere", XDG_STATE_HOME: home, XDG_RUNTIME_DIR: home },
    api: async () => ({ url: "http://127.0.0.1", call: call as never }),
  });
  const [near, far] = InMemoryTransport.createLinkedPair();
  const server = makeServer(ports, { allowStanding: false, version: "0.0.0" }, new Set());
  client = new Client({ name: "GPT-5", version: "1" });
  await Promise.all([server.connect(far), client.connect(near)]);
  return { called, shown };
}

const tool = (name: string, input: Readonly<Record<string, unknown>>) => client.callTool({ name, arguments: input });

describe("a reason must have by itself what policy requires: the agent's name, which stands behind it, does not count", () => {
  test.each([
    ["a pattern", { reasonPatterns: ["[A-Z]+-[0-9]+"] }, "The disk is full", "INC-42: the disk is full"],
    ["a length", { minReasonLength: 20 }, "The disk is full", "The disk is full, again"],
  ])("%s", async (_, rules, short, enough) => {
    const { called } = await connect({
      ...sampleResponses,
      listAccessRequests: { items: [] },
      decide: { decision: "deny", policies: [], requirements: { approvals: 1, reason: true, ...rules } },
    });
    const input = { instanceId: "i-0123456789abcdef0", osUser: "root", durationSeconds: 60 };
    expect(await tool("request_access", { ...input, reason: short })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/^Nothing was asked for: policy requires .* in the reason\.\nNext: /) }],
    });
    expect(called).not.toContain("createAccessRequest");
    expect(await tool("request_access", { ...input, reason: enough })).not.toHaveProperty("isError");
    expect(called).toContain("createAccessRequest");
  });
});

describe("a connection that is made under other access than the one that was checked is not used:", () => {
  const approved = {
    ...sampleResponses.getAccessRequest,
    status: "active",
    breakGlass: false,
    reviews: [{ reviewer: "bob", decision: "approve", at: "2026-03-01T12:00:00Z" }],
  };
  const { accessRequestId: _, tunnel: __, ...sample } = sampleResponses.createConnection;
  const connection = { ...sample, connectionType: "direct", host: "127.0.0.1", port: 1, hostKeyFingerprint: undefined };

  test.each([
    ["other access", "allow", { accessRequestId: "ar-2" }, /^Nothing was run: access to the instance has changed/],
    ["none", "allow", {}, /^Nothing was run: access to the instance has changed/],
    [
      "the same access, where policy has denied the connection before",
      "deny",
      { accessRequestId: "ar-1" },
      /^Nothing was run: access to the instance has changed/,
    ],
    ["the same access, which is used", "allow", { accessRequestId: "ar-1" }, /^There is no ssh on the PATH/],
  ])("%s", async (_, decision, madeUnder, words) => {
    await connect({
      ...sampleResponses,
      decide: { decision, policies: [], accessRequestId: "ar-1" },
      getAccessRequest: approved,
      createConnection: { ...connection, ...madeUnder },
    });
    expect(await tool("run_command", { instanceId: "i-0123456789abcdef0", command: "id" })).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(words) }],
    });
  });
});

test("a fault of our own is a result too, and is told on standard error", async () => {
  const { shown } = await connect({ listInstances: new TypeError("x is not a function") });
  expect(await tool("find_instances", {})).toMatchObject({
    isError: true,
    content: [{ text: "Internal error.\nNext: Tell your user. For them: standard error of the server has more." }],
  });
  expect(shown).toContain("note: internal error: TypeError: x is not a function");
});

test("a call that takes long shows that it is alive, to a client that asks for that", async () => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
  try {
    let respond: (page: object) => void = () => {};
    const page = new Promise((resolve) => {
      respond = resolve;
    });
    await connect({ listInstances: page });
    const seen: number[] = [];
    const onprogress = ({ progress }: { readonly progress: number }) => seen.push(progress);
    const calling = client.callTool({ name: "find_instances", arguments: {} }, { onprogress });
    await jest.advanceTimersByTimeAsync(25_000);
    expect(seen).toEqual([1, 2]);
    respond(sampleResponses.listInstances);
    expect(await calling).not.toHaveProperty("isError");
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});
