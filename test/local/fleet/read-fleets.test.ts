import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { readFleets } from "../../../local/fleet/read-fleets.ts";
import { settings, withTargets } from "../../../local/shared/account.ts";

const directory = mkdtempSync(path.join(os.tmpdir(), "latchkey-test-"));
afterAll(() => rmSync(directory, { recursive: true }));

/** A file with one instance. */
function fileOf(name: string, instanceId = "i-0a1b2c3d"): string {
  const file = path.join(directory, name);
  const instance = { InstanceId: instanceId, State: { Name: "running" } };
  writeFileSync(file, JSON.stringify({ Reservations: [{ Instances: [instance] }] }));
  return file;
}

const [one, other] = [fileOf("one.json"), fileOf("other=.json")];
const eu = "444455556666/eu-west-1";

describe("--fleet refuses", () => {
  test.each<[string, readonly string[], string]>([
    ["the stack's own target twice", [one, one], "a file for 111122223333/us-east-1 twice"],
    ["it twice, once by name", [one, `111122223333/us-east-1=${one}`], "a file for 111122223333/us-east-1 twice"],
    ["another target twice", [`${eu}=${one}`, one, `${eu}=${other}`], `a file for ${eu} twice`],
    ["an account of eleven digits", [`44445555666/eu-west-1=${one}`], '"44445555666/eu-west-1" is no target'],
    ["digits of another script", [`٤٤٤٤٥٥٥٥٦٦٦٦/eu-west-1=${one}`], "is no target"],
    ["a name without a region", [`444455556666=${one}`], '"444455556666" is no target: write ACCOUNT/REGION=FILE'],
    ["a word for a name", [`eu=${one}`], '"eu" is no target'],
    ["an empty name", [`=${one}`], '"" is no target'],
    ["a name that others inherit", [`__proto__=${one}`], '"__proto__" is no target'],
    ["a name with a line break", [`${eu}\n=${one}`], '"444455556666/eu-west-1\\n" is no target'],
    ["a name that would move the cursor", [`\u001b[2J=${one}`], '"\\u001b[2J" is no target'],
    ["a name around another", [`x/${eu}=${one}`], "is no target"],
    ["a region of another partition", [`444455556666/cn-north-1=${one}`], "cn-north-1 is in another partition"],
    ["a path that has = without a name", [other], "write ACCOUNT/REGION=FILE"],
    ["a name without a file", [`${eu}=`], `names no file for ${eu}`],
    ["no file at all", [""], "names no file for 111122223333/us-east-1"],
    ["a file that is not there", [`${eu}=${one}.gone`], `Invalid fleet file ${one}.gone: Error: ENOENT`],
    ["a directory", [`${eu}=${directory}`], "EISDIR"],
  ])("%s", (_, options, words) => {
    expect(() => readFleets(options)).toThrow(words);
  });
});

describe("--fleet takes", () => {
  const targetsOf = (options: readonly string[]) =>
    readFleets(options).map(({ target }) => `${target.accountId}/${target.region}`);

  test.each<[string, readonly string[], readonly string[]]>([
    ["a file, for the stack's own target", [one], ["111122223333/us-east-1"]],
    ["the same by name", [`111122223333/us-east-1=${one}`], ["111122223333/us-east-1"]],
    ["one for each target, although both have an instance", [one, `${eu}=${one}`], ["111122223333/us-east-1", eu]],
    ["another target alone", [`${eu}=${one}`], [eu]],
    ["another region of the own account", [`111122223333/eu-west-1=${one}`], ["111122223333/eu-west-1"]],
    ["a path that has =, behind a name", [`${eu}=${other}`], [eu]],
  ])("%s", (_, options, expected) => {
    expect(targetsOf(options)).toEqual(expected);
  });

  test("targets that the settings then list, with the regions of an account together", () => {
    const fleets = readFleets([one, `${eu}=${one}`, `444455556666/us-east-1=${one}`, `777788889999/eu-west-1=${one}`]);
    const { targets } = withTargets(
      settings,
      fleets.map(({ target }) => target),
    );
    expect(targets?.accounts).toEqual([
      { account: "444455556666", regions: ["eu-west-1", "us-east-1"] },
      { account: "777788889999", regions: ["eu-west-1"] },
    ]);
  });
});
