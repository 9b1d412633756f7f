import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Caller } from "../../contract/caller.ts";
import { chatLinkStore } from "../../lambda/aws/dynamodb/chat-link-table.ts";
import { peopleMemory } from "../../lambda/aws/dynamodb/person-table.ts";
import { suspensionReader } from "../../lambda/aws/dynamodb/suspension-table.ts";
import { link } from "../../lambda/chat/links.ts";
import { requestContext } from "../../lambda/shared/request-context.ts";
import type { CredentialStore } from "../aws/credentials.ts";
import { functionRole, tableName } from "../aws/roles.ts";
import { people, region } from "../shared/account.ts";
import { linkedUsers, workspace } from "./workspace.ts";

/**
 * Links the sample users to the sample people, with the rights of `link` and as if each had just visited its page.
 *
 * @param endpoints of AWS, by the SDK's environment variables.
 */
export async function linkUsers(
  { AWS_ENDPOINT_URL_DYNAMODB: endpoint = "" }: Readonly<Record<string, string>>,
  store: CredentialStore,
): Promise<void> {
  const { principal: _, ...credentials } = store.issue(functionRole("link"));
  const client = new DynamoDBClient({ endpoint, region, credentials });
  const table = { client, name: tableName };
  const context = requestContext({ requestId: "start" }, { getRemainingTimeInMillis: () => 60_000 }, {});
  const ports = { links: chatLinkStore(table), suspensions: suspensionReader(table) };
  await Promise.all(
    Object.entries(linkedUsers).map(async ([user, person]) => {
      const groups = [...(people[person] ?? [])];
      const caller: Caller = { id: person, kind: "person", groups, frontDoor: "oidc", sources: [] };
      await peopleMemory(table).refresh(caller, context.clock(), context.deadline.signal);
      await link(ports, { user: { chat: "slack", workspace, user }, person }, context);
    }),
  );
  client.destroy();
}
