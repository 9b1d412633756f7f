import { beforeEach, expect, jest, test } from "@jest/globals";
import { awsTargets } from "../../../../lambda/aws/targets/aws-targets.ts";
import { problemFrom } from "../../../support/problems.ts";
import { useScriptedAws } from "../../../support/scripted-server.ts";
import { testContext } from "../../../support/test-context.ts";

const sts = useScriptedAws("STS");
beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

const stack = { ACCOUNT_ID: "111122223333", AWS_REGION: "us-east-1", STACK_NAME: "Latchkey" };
const served = {
  externalId: "latchkey",
  rolePath: "/",
  accounts: [{ account: "444455556666", regions: ["eu-west-1"] }],
  organizationalUnits: [{ id: "ou-ab12-cdefgh34", regions: ["eu-west-1"] }],
};
const instanceId = "i-0123456789abcdef0";
const fault = (code: string) => ({
  status: 403,
  body: `<ErrorResponse><Error><Code>${code}</Code></Error></ErrorResponse>`,
});
const locate = (accountId: string) =>
  awsTargets(stack, served).locate({ instanceId, accountId, region: "eu-west-1" }, testContext());

test("an account whose read role IAM refuses is in no unit: its instances are absent", async () => {
  sts.respond(fault("AccessDenied"));
  expect(await locate("777788889999")).toMatchObject({
    isAbsent: true,
    target: { accountId: stack.ACCOUNT_ID, region: stack.AWS_REGION },
  });
});

test("one of which STS says nothing is not taken for that", async () => {
  sts.respond(fault("Throttling"), fault("Throttling"), fault("Throttling"));
  expect(await problemFrom(() => locate("777788889999"))).toMatchObject({ code: "upstream-unavailable" });
});

test("a listed account is not asked for", async () => {
  expect(await locate("444455556666")).toMatchObject({ isAbsent: false });
  expect(sts.requests).toEqual([]);
});
