import {
  type Account,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  OrganizationsClient,
} from "@aws-sdk/client-organizations";
import type { Target } from "../../shared/target.ts";
import { clientSettings } from "../clients.ts";
import { callDirectly } from "../direct-calls.ts";
import { awsProblem } from "../faults.ts";

/** Organizations has one endpoint in each partition. */
const homes: Readonly<Record<string, string>> = {
  aws: "us-east-1",
  "aws-cn": "cn-northwest-1",
  "aws-us-gov": "us-gov-west-1",
};

/**
 * Lists the active accounts of an organizational unit or a root, and of all units below it, as the management account or a
 * delegated administrator may. The management account is left out, since no stack set deploys to it. Rejects with Problem of
 * `awsProblem`.
 */
export function accountLister({ partition }: Pick<Target, "partition">) {
  const region = homes[partition];
  if (!region) throw new Error(`Organizations has no known endpoint in ${partition}`);
  const client = callDirectly(new OrganizationsClient(clientSettings({ region })));
  return {
    async listAccounts(unitId: string, signal: AbortSignal): Promise<readonly string[]> {
      const accounts: Account[] = [];
      const units = [unitId];
      try {
        // One call after the other: Organizations has few in a second for all of an organization.
        for (let ParentId = units.pop(); ParentId !== undefined; ParentId = units.pop()) {
          accounts.push(...(await accountsIn(client, ParentId, signal)));
          units.push(...(await unitsIn(client, ParentId, signal)));
        }
      } catch (error) {
        throw awsProblem(error, signal);
      }
      return accounts.filter(isServed).flatMap(({ Id }) => Id ?? []);
    },
  };
}

async function accountsIn(client: OrganizationsClient, ParentId: string, abortSignal: AbortSignal) {
  const found: Account[] = [];
  let NextToken: string | undefined;
  do {
    const command = new ListAccountsForParentCommand({ ParentId, ...(NextToken && { NextToken }) });
    const page = await client.send(command, { abortSignal });
    found.push(...(page.Accounts ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

async function unitsIn(client: OrganizationsClient, ParentId: string, abortSignal: AbortSignal) {
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const command = new ListOrganizationalUnitsForParentCommand({ ParentId, ...(NextToken && { NextToken }) });
    const page = await client.send(command, { abortSignal });
    found.push(...(page.OrganizationalUnits ?? []).flatMap(({ Id }) => Id ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

/** An account's ARN is in the management account: arn:<partition>:organizations::<management account>:account/<organization>/<id>. */
function isServed({ Id, Arn = "", State }: Account): boolean {
  const [, , , , managementId] = Arn.split(":");
  return State === "ACTIVE" && Id !== managementId;
}
