import { partitionOf, type TargetKey, targetKey } from "../../lambda/shared/target.ts";
import { ownTarget, secondTarget } from "../shared/account.ts";
import { type Fleet, readFleet } from "./fleet.ts";

/**
 * Reads the files that `--fleet` names: `FILE` has the fleet of the stack's own target, `ACCOUNT/REGION=FILE` that of any. The text
 * before the first `=` is a name.
 *
 * @throws Error for a malformed name, a target named twice, or what is wrong with a file.
 */
export function readFleets(options: readonly string[]): Fleet[] {
  const named = options.map(parse);
  const names = named.map(({ target }) => targetKey(target));
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) throw new Error(`--fleet names a file for ${repeated} twice`);
  return named.map(({ file, target }) => readFleet(file, target));
}

function parse(option: string): { readonly file: string; readonly target: TargetKey } {
  const [, name, file = option] = /^([^=]*)=(.*)$/s.exec(option) ?? [];
  const target = name === undefined ? ownTarget : targetNamed(name);
  if (file === "") throw new Error(`--fleet names no file for ${targetKey(target)}`);
  return { file, target };
}

function targetNamed(name: string): TargetKey {
  const [, accountId, region] = /^([0-9]{12})\/([a-z]{2}(?:-[a-z]+)+-[0-9])$/.exec(name) ?? [];
  if (accountId === undefined || region === undefined) {
    throw new Error(
      `--fleet: ${JSON.stringify(name)} is no target: write ACCOUNT/REGION=FILE, such as ${targetKey(secondTarget)}=FILE`,
    );
  }
  if (partitionOf(region) !== partitionOf(ownTarget.region)) {
    throw new Error(`--fleet: ${region} is in another partition than ${ownTarget.region}`);
  }
  return { accountId, region };
}
