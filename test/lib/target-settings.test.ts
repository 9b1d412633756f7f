import { describe, expect, test } from "@jest/globals";
import { readSettings } from "../../lib/settings.ts";
import { everyTarget } from "../support/template-settings.ts";

const whole = everyTarget;
const account = { account: "444455556666", regions: ["eu-west-1"] };
const unit = { id: "ou-ab12-cdefgh34", regions: ["eu-west-1"] };
const regionWords = "must be a region, such as eu-west-1";

describe("refused, the setting named:", () => {
  test.each<[sentence: string, targets: object, complaint: string]>([
    ["no hub", { hub: undefined }, "hub: Invalid input"],
    ["a hub without its region", { hub: { account: "111122223333" } }, `hub.region: Invalid input`],
    ["no external id", { externalId: undefined }, "externalId: Invalid input"],
    ["an external id of one character", { externalId: "x" }, "externalId: must be 2 to 1,224 letters, digits and"],
    ["an external id with a space", { externalId: "my company" }, "externalId: must be 2 to 1,224 letters"],
    ["an account by its alias", { accounts: [{ ...account, account: "prod" }] }, "accounts.0.account: must be an"],
    ["an account without regions", { accounts: [{ ...account, regions: [] }] }, "accounts.0.regions: Too small"],
    ["a zone in place of its region", { accounts: [{ ...account, regions: ["eu-west-1a"] }] }, regionOf(regionWords)],
    ["every region", { accounts: [{ ...account, regions: ["*"] }] }, regionOf(regionWords)],
    [
      "a region of a partition that Latchkey does not know",
      { accounts: [{ ...account, regions: ["us-iso-east-1"] }] },
      regionOf("is in a partition of AWS's that Latchkey does not know"),
    ],
    [
      "a region of another partition than the hub's",
      { accounts: [{ ...account, regions: ["eu-west-1", "cn-north-1"] }] },
      "accounts.0.regions: cn-north-1 is in another partition than us-east-1, and roles trust none of another partition",
    ],
    [
      "a unit's region of another partition",
      { organizationalUnits: [{ ...unit, regions: ["us-gov-west-1"] }] },
      "organizationalUnits.0.regions: us-gov-west-1 is in another partition than us-east-1",
    ],
    [
      "a region twice",
      { accounts: [{ ...account, regions: ["eu-west-1", "eu-west-1"] }] },
      "accounts.0.regions.1: repeats eu-west-1: leave it out",
    ],
    [
      "an account twice, though in different regions",
      { accounts: [account, { ...account, regions: ["us-west-2"] }] },
      "accounts.1.account: repeats 444455556666: list all its regions in one entry",
    ],
    [
      "a unit twice",
      { organizationalUnits: [unit, unit] },
      "organizationalUnits.1.id: repeats ou-ab12-cdefgh34: list all its regions in one entry",
    ],
    [
      "the main stack's own account and region",
      { accounts: [{ account: "111122223333", regions: ["eu-west-1", "us-east-1"] }] },
      "accounts.0: lists us-east-1 of the main stack's own account: leave it out",
    ],
    [
      "a unit by its name",
      { organizationalUnits: [{ ...unit, id: "Production" }] },
      "organizationalUnits.0.id: must be the id of an organizational unit, such as ou-ab12-cdefgh34",
    ],
    ["an organization in place of its root", { organizationalUnits: [{ ...unit, id: "o-a1b2c3d4e5" }] }, "organiz"],
    [
      "a unit without the organization",
      { organization: undefined },
      "organization: is missing: the roles know the accounts of organizationalUnits by it",
    ],
    ["an organization by a unit's id", { organization: unit.id }, "organization: must be an organization's id"],
    [
      "stack sets without a unit",
      { organizationalUnits: [] },
      "stackSets: deploys nothing: stack sets are for organizationalUnits, and there is none",
    ],
    ["a key that there is not", { accountIds: ["444455556666"] }, ' Unrecognized key: "accountIds"'],
  ])("%s", (_, given, complaint) => {
    expect(() => readSettings({ targets: { ...whole, ...given } })).toThrow(
      new RegExp(`^Latchkey's settings are not valid:\n {2}latchkey\\.targets[.:]${quoted(complaint)}`),
    );
  });

  test("targets that list nothing", () => {
    const targets = { hub: whole.hub, externalId: "latchkey" };
    expect(() => readSettings({ targets })).toThrow(
      "latchkey.targets: must have accounts or organizationalUnits, or be left out",
    );
  });
});

describe("taken:", () => {
  test.each<[sentence: string, targets: object]>([
    ["accounts alone, without an organization", { accounts: [account] }],
    ["another region of the main stack's account", { accounts: [{ ...account, account: "111122223333" }] }],
    [
      "the whole organization, by its root",
      { organization: "o-a1b2c3d4e5", organizationalUnits: [{ ...unit, id: "r-ab12" }] },
    ],
    [
      "GovCloud",
      {
        hub: { account: "111122223333", region: "us-gov-west-1" },
        accounts: [{ ...account, regions: ["us-gov-east-1"] }],
      },
    ],
  ])("%s", (_, given) => {
    const targets = { hub: whole.hub, externalId: "latchkey", ...given };
    expect(readSettings({ targets }).targets).toMatchObject(targets);
  });

  test("by default none: the stack serves its own account and region", () => {
    expect(readSettings({}).targets).toBeUndefined();
  });
});

function regionOf(message: string): string {
  return `accounts.0.regions.0: ${message}`;
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
