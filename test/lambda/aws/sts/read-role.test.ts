import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { stsClient } from "../../../../lambda/aws/sts/client.ts";
import { readRoles } from "../../../../lambda/aws/sts/read-role.ts";
import { useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("STS");
const names = { partition: "aws", stackName: "Latchkey", rolePath: "/ops/" };
const start = Date.parse("2026-10-08T12:00:00.000Z");
let now: Date;
const after = (seconds: number) => {
  now = new Date(start + seconds * 1000);
};
beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
  after(0);
});

const credentials = (id: string) => ({
  body: `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
});
const denied = {
  status: 403,
  body: "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code></Error></ErrorResponse>",
};

const roles = () =>
  readRoles(stsClient({ region: "us-east-1" }), {
    names,
    roleName: "Latchkey-ReadRole",
    externalId: "hub-1",
    clock: () => now,
  });
const asked = () => service.requests.map(({ body }) => new URLSearchParams(body));

describe("a failure", () => {
  test("rejects as AWS's fault, for everybody who waits, and is not remembered", async () => {
    service.respond(denied);
    const read = roles()("444455556666");
    const failed = await Promise.allSettled([read(), read()]);
    expect(failed).toMatchObject([{ reason: { code: "aws-refused" } }, { reason: { code: "aws-refused" } }]);
    expect(service.requests).toHaveLength(1);
    service.respond(credentials("ASIA2"));
    await expect(read()).resolves.toMatchObject({ accessKeyId: "ASIA2" });
  });

  test("of one account is not another's", async () => {
    service.respond(denied, credentials("ASIA2"));
    const read = roles();
    await expect(read("444455556666")()).rejects.toMatchObject({ code: "aws-refused" });
    await expect(read("777788889999")()).resolves.toMatchObject({ accessKeyId: "ASIA2" });
  });
});

test("the account's role is assumed by its name, with the external id, for an hour and for nobody in particular", async () => {
  service.respond(credentials("ASIA1"));
  const { expiration, ...keys } = await roles()("444455556666")();
  expect(keys).toEqual({ accessKeyId: "ASIA1", secretAccessKey: "secret", sessionToken: "token" });
  expect(expiration.getTime() - start).toBe(3_600_000);
  expect(Object.fromEntries(asked()[0] ?? [])).toEqual({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: "arn:aws:iam::444455556666:role/ops/Latchkey-ReadRole",
    RoleSessionName: "Latchkey",
    ExternalId: "hub-1",
    DurationSeconds: "3600",
  });
});

test("one call serves all who need the account at once", async () => {
  service.respond(credentials("ASIA1"));
  const read = roles();
  const found = await Promise.all([read("444455556666")(), read("444455556666")()]);
  expect(found.map(({ accessKeyId }) => accessKeyId)).toEqual(["ASIA1", "ASIA1"]);
  expect(service.requests).toHaveLength(1);
});

test.each([
  ["an instant", 0, ["ASIA1", "ASIA1"]],
  ["a second less than fifty minutes", 2999, ["ASIA1", "ASIA1"]],
  ["fifty minutes, ten before they expire", 3000, ["ASIA1", "ASIA2"]],
])("after %s", async (_, seconds, ids) => {
  service.respond(...[...new Set(ids)].map(credentials));
  const read = roles()("444455556666");
  const found = [await read()];
  after(seconds);
  found.push(await read());
  expect(found.map(({ accessKeyId }) => accessKeyId)).toEqual(ids);
});
