import { EC2InstanceConnectClient, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { FunctionName } from "../../lambda/contract/routes.ts";
import { functionPermissions, pushPermissions } from "../../lib/permissions.ts";
import { settings } from "../../local/account.ts";
import type { LoggedCall } from "../../local/aws/call-log.ts";
import { places } from "../../local/aws/roles.ts";
import { callApi, fleet, makeConnection } from "../support/api-client.ts";
import { useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

interface AssumeRoleRequest {
  readonly RoleSessionName: string;
  readonly SourceIdentity: string;
  readonly Policy: string;
  readonly issued: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
}

describe("what the functions do in AWS, by the stand-ins' own log", () => {
  const local = useLocalStack();
  const key = useKeyPair();
  let calls: readonly LoggedCall[] = [];

  /** What STS was asked for; its stand-in notes that, and what it has issued. */
  const sessions = () =>
    calls.filter(({ operation }) => operation === "AssumeRole").map(({ request }) => request as AssumeRoleRequest);
  const pushSession = () => sessions().find(({ Policy }) => Policy.includes(fleet.web1));

  beforeAll(async () => {
    const { url } = local.stack;
    for (const path of ["/v1/health", "/v1/whoami", "/v1/instances", `/v1/instances/${fleet.web1}`]) {
      await callApi(url, { path, as: "alice" });
    }
    await makeConnection(url, "alice", fleet.web1, { publicKey: key.pair.publicKey });
    await makeConnection(url, "dave", fleet.db1, { publicKey: key.pair.publicKey, osUser: "ubuntu" });
    calls = [...local.stack.log.calls];
  });

  afterEach(() => local.clock.reset());

  test("only connect assumes the push role, and always under a session policy for one request", () => {
    const assumed = calls.filter(({ operation }) => operation === "AssumeRole");
    expect(assumed.map(({ role }) => role)).toEqual(["connect", "connect", "connect"]);
    const grants = sessions().map(({ Policy }) => JSON.parse(Policy).Statement[0]);
    expect(grants.map(({ Action, Resource }) => `${Action} on ${Resource}`)).toEqual([
      `ec2-instance-connect:SendSSHPublicKey on arn:aws:ec2:us-east-1:111122223333:instance/${fleet.web1}`,
      `ec2-instance-connect:SendSSHPublicKey on arn:aws:ec2:us-east-1:111122223333:instance/${fleet.db1}`,
      "ec2-instance-connect:OpenTunnel on arn:aws:ec2:us-east-1:111122223333:instance-connect-endpoint/eice-0123456789abcdef0",
    ]);
    for (const { Condition } of grants) expect(Condition).toHaveProperty(["DateLessThan", "aws:CurrentTime"]);
  });

  test("each session bears the name of the person that it is for", () => {
    expect(sessions().map(({ RoleSessionName, SourceIdentity }) => [RoleSessionName, SourceIdentity])).toEqual([
      ["alice", "alice"],
      ["dave", "dave"],
      ["dave", "dave"],
    ]);
  });

  test("every push is made with a session of the push role", () => {
    const pushes = calls.filter(({ operation }) => operation === "SendSSHPublicKey");
    expect(pushes.map(({ role }) => role)).toEqual(["push", "push"]);
  });

  test("each role calls all that it is granted, and nothing else", () => {
    const used = (role: string) =>
      new Set(calls.filter((call) => call.role === role).flatMap(({ actions }) => actions.map(({ action }) => action)));
    const granted = functionPermissions(places);
    for (const name of Object.keys(granted) as FunctionName[]) {
      expect([name, used(name)]).toEqual([name, new Set(granted[name].flatMap(({ Action }) => Action))]);
    }
    const tunnels = calls.some(({ operation }) => operation === "OpenTunnel")
      ? []
      : ["ec2-instance-connect:OpenTunnel"];
    const pushing = pushPermissions(places, settings).flatMap(({ Action }) => Action);
    expect([...used("push"), ...tunnels]).toEqual(pushing);
  });

  describe("credentials recorded from one request", () => {
    const push = async (InstanceId: string, InstanceOSUser: string) => {
      const endpoint = local.stack.endpoints["AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT"];
      const credentials = pushSession()?.issued;
      if (!endpoint || !credentials) throw new Error("There was no session for web-1");
      const client = new EC2InstanceConnectClient({ endpoint, region: "us-east-1", credentials });
      const SSHPublicKey = key.pair.publicKey.split(" ").slice(0, 2).join(" ");
      return client.send(new SendSSHPublicKeyCommand({ InstanceId, InstanceOSUser, SSHPublicKey }));
    };

    test.each([
      ["another instance", fleet.legacy1, "ec2-user"],
      ["another OS user", fleet.web1, "root"],
    ])("push nothing for %s", async (_, instanceId, osUser) => {
      await expect(push(instanceId, osUser)).rejects.toMatchObject({ name: "AuthException" });
    });

    test("push nothing more when the request's deadline is over", async () => {
      await expect(push(fleet.web1, "ec2-user")).resolves.toMatchObject({ Success: true });
      local.clock.advance(15);
      await expect(push(fleet.web1, "ec2-user")).rejects.toMatchObject({ name: "AuthException" });
    });
  });
});
