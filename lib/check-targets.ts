import { partitionOf } from "../lambda/shared/target.ts";
import { type Complaint, complaintsAboutRepeated } from "./complaint.ts";
import type { Settings } from "./settings.ts";

/** Finds targets that cannot be deployed, or that are listed twice. */
export function complaintsAboutTargets({ targets }: Pick<Settings, "targets">): Complaint[] {
  if (!targets) return [];
  const { hub, organization, accounts, organizationalUnits: units, stackSets } = targets;
  const lists = [
    ...accounts.map(({ regions }, index) => ({ regions, path: ["targets", "accounts", index] })),
    ...units.map(({ regions }, index) => ({ regions, path: ["targets", "organizationalUnits", index] })),
  ];
  return [
    ...(lists.length === 0 ? [complaint([], "must have accounts or organizationalUnits, or be left out")] : []),
    ...repeated(
      accounts.map(({ account }) => account),
      (index) => ["accounts", index, "account"],
    ),
    ...repeated(
      units.map(({ id }) => id),
      (index) => ["organizationalUnits", index, "id"],
    ),
    ...accounts.flatMap(({ account, regions }, index) =>
      account === hub.account && regions.includes(hub.region)
        ? [complaint(["accounts", index], `lists ${hub.region} of the main stack's own account: leave it out`)]
        : [],
    ),
    ...lists.flatMap(({ regions, path }) => [
      ...complaintsAboutRepeated([...path, "regions"], regions),
      ...regions
        .filter((region) => partitionOf(region) !== partitionOf(hub.region))
        .map((region) => ({
          path: [...path, "regions"],
          message: `${region} is in another partition than ${hub.region}, and roles trust none of another partition`,
        })),
    ]),
    ...(units.length > 0 && organization === undefined
      ? [complaint(["organization"], "is missing: the roles know the accounts of organizationalUnits by it")]
      : []),
    ...(stackSets && units.length === 0
      ? [complaint(["stackSets"], "deploys nothing: stack sets are for organizationalUnits, and there is none")]
      : []),
  ];
}

const complaint = (path: Complaint["path"], message: string): Complaint => ({ path: ["targets", ...path], message });

function repeated(ids: readonly string[], pathOf: (index: number) => Complaint["path"]): Complaint[] {
  return ids.flatMap((id, index) =>
    ids.indexOf(id) < index ? [complaint(pathOf(index), `repeats ${id}: list all its regions in one entry`)] : [],
  );
}
