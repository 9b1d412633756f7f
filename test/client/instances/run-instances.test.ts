import { describe, expect, test } from "@jest/globals";
import { Options } from "../../../client/command/options.ts";
import { runInstances } from "../../../client/instances/run-instances.ts";
import { webInstance } from "../../support/client/sample-responses.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

const far = { ...webInstance, instanceId: "i-0e00000000000000e", accountId: "444455556666", region: "eu-west-1" };
const other = { ...far, accountId: webInstance.accountId };
const lost = { accountId: "444455556666", region: "eu-west-1", code: "upstream-unavailable" };
const now = new Date("2026-03-01T14:05:30Z");

async function instances(given: Record<string, readonly string[] | true>, ...responses: readonly object[]) {
  const { context, shown, calls } = scriptedWorld({ responses, clock: () => now });
  const exitCode = await runInstances(context, { arguments: [], options: new Options(given), rest: undefined });
  return { exitCode, shown, calls };
}
const headOf = async (given: Record<string, readonly string[]>, ...items: readonly object[]) =>
  (await instances(given, { items })).shown[0]?.replace(/^out: /, "").split(/ {2,}/);

describe("the table has the columns", () => {
  const [first, last] = [
    ["NAME", "ID"],
    ["STATE", "REACHED BY", "OS USER"],
  ];
  test.each<[string, Record<string, readonly string[]>, readonly object[], readonly string[]]>([
    ["of one account and region, without them", {}, [webInstance], []],
    ["of two accounts, which differ", {}, [webInstance, far], ["ACCOUNT", "REGION"]],
    ["of two regions of one account", {}, [webInstance, other], ["REGION"]],
    ["that are asked for, though all have the same", { region: ["eu-west-1"] }, [far], ["REGION"]],
    ["of an account that is asked for", { account: ["444455556666"] }, [far], ["ACCOUNT"]],
  ])("%s", async (_, given, items, columns) => {
    expect(await headOf(given, ...items)).toEqual([...first, ...columns, ...last]);
  });
});

test("account and region narrow the list, each by itself", async () => {
  const { calls } = await instances({ account: ["444455556666"] }, { items: [] });
  expect(calls).toMatchObject([{ input: { accountId: "444455556666", region: undefined } }]);
});

describe("where a target cannot be read", () => {
  const note = "note: the instances of 444455556666 in eu-west-1 may be missing: AWS is not available";

  test("that is said once, the exit code is 69, and the rest is shown, with how old it is there", async () => {
    const { exitCode, shown } = await instances(
      {},
      { items: [webInstance], incomplete: [lost], nextCursor: "c" },
      { items: [far], incomplete: [lost] },
    );
    expect(exitCode).toBe(69);
    expect(shown[0]).toBe(note);
    expect(shown.filter((line) => line === note)).toHaveLength(1);
    const cells = shown.slice(1).map((line) => line.replace(/^out: /, "").split(/ {2,}/));
    expect(cells.map((row) => row[5])).toEqual(["SEEN", "-", "2h5m ago"]);
  });

  test("and nothing is listed, both are said", async () => {
    expect(await instances({}, { items: [], incomplete: [lost] })).toMatchObject({
      exitCode: 69,
      shown: [note, "note: there are no such instances that you may see"],
    });
  });

  test("JSON is what it always is", async () => {
    const { exitCode, shown } = await instances({ json: true }, { items: [far], incomplete: [lost] });
    expect(exitCode).toBe(69);
    const json = shown.slice(1).map((line) => line.replace(/^out: /, ""));
    expect(JSON.parse(json.join("\n"))).toEqual([far]);
  });

  test("for a reason that is newer than the command, its code is shown, and a terminal obeys nothing in it", async () => {
    const { shown } = await instances({}, { items: [], incomplete: [{ ...lost, code: "gone-fishing\u001b[2J" }] });
    expect(shown[0]).toBe("note: the instances of 444455556666 in eu-west-1 may be missing: gone fishing\\u{1b}[2J");
  });
});
