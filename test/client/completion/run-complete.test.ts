import { describe, expect, test } from "@jest/globals";
import { Options } from "../../../client/command/options.ts";
import { runComplete } from "../../../client/completion/run-complete.ts";
import { sampleResponses, webInstance } from "../../support/client/sample-responses.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

const input = (...words: string[]) => ({ arguments: words, options: new Options({}), rest: undefined });
const named = (...names: (string | undefined)[]) => ({
  items: names.map((name, index) => ({ ...webInstance, name, instanceId: `i-0000000${index}` })),
});

describe("nothing is said, and the exit code is 0,", () => {
  test("any failure", async () => {
    const { context, shown } = scriptedWorld({ responses: [new Error("oh")] });
    expect(await runComplete(context, input("instances", "web"))).toBe(0);
    expect(shown).toEqual([]);
  });
  test("if a token would have to be made: that might open a browser", async () => {
    const { context, shown, calls } = scriptedWorld({});
    const settings = async () => ({ url: "http://127.0.0.1", tokenCommand: ["log-in"] });
    expect(await runComplete({ ...context, settings }, input("instances"))).toBe(0);
    expect({ shown, calls }).toEqual({ shown: [], calls: [] });
  });
});

test("names are printed that begin so, each once, and ids of what has none", async () => {
  const { context, shown } = scriptedWorld({ responses: [named("web-2", "web-1", "web-1", "db-1", undefined)] });
  await runComplete(context, input("instances", ""));
  expect(shown).toEqual(["out: db-1", "out: i-00000004", "out: web-1", "out: web-2"]);
});

test("a name that a shell would take for something else is not", async () => {
  const { context, shown } = scriptedWorld({ responses: [named("web-1", "a b", "$(id)", "x;y", "\u001b[2J")] });
  await runComplete(context, input("instances", ""));
  expect(shown).toEqual(["out: web-1"]);
});

test("requests are those that can still be reviewed or revoked", async () => {
  const { getAccessRequest, revokeAccessRequest } = sampleResponses;
  const { context, shown } = scriptedWorld({ responses: [{ items: [getAccessRequest, revokeAccessRequest] }] });
  await runComplete(context, input("requests", ""));
  expect(shown).toEqual([`out: ${getAccessRequest.id}`]);
});
