import { describe, expect, test } from "@jest/globals";
import { runSuspend } from "../../../client/access/run-suspend.ts";
import { Options } from "../../../client/command/options.ts";
import { sampleResponses } from "../../support/client/sample-responses.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

/** @param typed what the user types; left out: there is no terminal. */
function suspending(options: Readonly<Record<string, true | readonly string[]>>, typed?: readonly string[]) {
  const response = options["restore"] ? sampleResponses.restoreCaller : sampleResponses.suspendCaller;
  const world = scriptedWorld({ responses: [response], ...(typed && { typed }) });
  const done = runSuspend(world.context, { arguments: ["dave"], options: new Options(options), rest: undefined });
  return { ...world, done };
}
const reason = ["Laptop stolen"];

describe("nobody is suspended", () => {
  test.each<[string, Parameters<typeof suspending>[0], string[], number]>([
    ["without a reason", {}, ["y"], 64],
    ["after a no", { reason }, ["n"], 77],
    ["after Enter alone", { reason }, [""], 77],
    ["at the end of input", { reason }, [], 77],
  ])("%s", async (_, options, typed, exitCode) => {
    const { done, calls } = suspending(options, typed);
    await expect(done).rejects.toMatchObject({ exitCode });
    expect(calls).toEqual([]);
  });
});

describe("the call is made", () => {
  test.each<[string, Parameters<typeof suspending>[0], string[] | undefined, string]>([
    ["after a yes", { reason }, ["y"], "suspendCaller"],
    ["without a question, with --yes", { reason, yes: true }, [], "suspendCaller"],
    ["without a question, without a terminal", { reason }, undefined, "suspendCaller"],
    ["to restore", { reason, restore: true }, ["y"], "restoreCaller"],
  ])("%s", async (_, options, typed, name) => {
    const { done, calls } = suspending(options, typed);
    expect(await done).toBe(0);
    expect(calls).toEqual([{ name, input: { callerId: "dave", reason: "Laptop stolen" } }]);
  });
});
