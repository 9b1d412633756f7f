import { beforeEach, expect, jest, test } from "@jest/globals";
import { accountLister } from "../../../../lambda/aws/organizations/accounts.ts";
import { jsonError, type RecordedRequest, useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("ORGANIZATIONS");
const unit = "ou-ab12-cdefgh34";
const list = (partition = "aws", signal = new AbortController().signal) =>
  accountLister({ partition }).listAccounts(unit, signal);

beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

const account = (Id: string, State = "ACTIVE") => ({
  Id,
  Arn: `arn:aws:organizations::100000000001:account/o-a1b2c3d4e5/${Id}`,
  State,
});

/** What an organization responds: the accounts and units in each unit, two on a page. */
const organization =
  (accounts: Readonly<Record<string, readonly object[]>>, units: Readonly<Record<string, readonly string[]>> = {}) =>
  ({ headers, body }: RecordedRequest) => {
    const { ParentId, NextToken = "0" } = JSON.parse(body) as { ParentId: string; NextToken?: string };
    const pageOf = <T>(all: readonly T[]) => {
      const end = Number(NextToken) + 2;
      return { page: all.slice(Number(NextToken), end), ...(end < all.length && { NextToken: String(end) }) };
    };
    const isOfAccounts = String(headers["x-amz-target"]).endsWith(".ListAccountsForParent");
    const { page, ...rest } = isOfAccounts
      ? pageOf(accounts[ParentId] ?? [])
      : pageOf((units[ParentId] ?? []).map((Id) => ({ Id })));
    return { body: JSON.stringify({ [isOfAccounts ? "Accounts" : "OrganizationalUnits"]: page, ...rest }) };
  };

test.each([
  ["TooManyRequestsException", 400, "upstream-unavailable"],
  ["ServiceException", 500, "upstream-failure"],
  ["AccessDeniedException", 400, "aws-refused"],
  ["ParentNotFoundException", 400, "upstream-failure"],
])("a call that fails rejects: %s", async (name, status, code) => {
  service.respondAlways(jsonError(name, status));
  await expect(list()).rejects.toMatchObject({ code });
});

test("nothing is listed of a unit whose second page fails", async () => {
  const first = organization({ [unit]: ["1", "2", "3"].map((id) => account(id)) });
  service.respond(first, jsonError("AccessDeniedException", 400));
  await expect(list()).rejects.toMatchObject({ code: "aws-refused" });
});

test("a unit has its accounts, and those of all units below it, page by page", async () => {
  const accounts = { [unit]: ["1", "2", "3"], "ou-a": ["4"], "ou-b": [], "ou-c": ["5"], "ou-d": ["6", "7"] };
  const below = { [unit]: ["ou-a", "ou-b", "ou-c"], "ou-c": ["ou-d"] };
  const found = Object.entries(accounts).map(([id, ids]) => [id, ids.map((each) => account(each))] as const);
  service.respondAlways(organization(Object.fromEntries(found), below));
  expect([...(await list())].sort()).toEqual(["1", "2", "3", "4", "5", "6", "7"]);
});

test("suspended, closing and new accounts that are not active yet are left out, and the management account", async () => {
  const states = ["ACTIVE", "SUSPENDED", "PENDING_CLOSURE", "PENDING_ACTIVATION", "CLOSED"];
  const accounts = states.map((state, index) => account(`20000000000${index}`, state));
  service.respondAlways(organization({ [unit]: [account("100000000001"), ...accounts] }));
  expect(await list()).toEqual(["200000000000"]);
});

test.each([
  ["aws", "us-east-1"],
  ["aws-cn", "cn-northwest-1"],
  ["aws-us-gov", "us-gov-west-1"],
])("in %s calls are signed for %s, the only endpoint", async (partition, region) => {
  service.respondAlways(organization({}));
  await list(partition);
  expect(service.requests[0]?.headers["x-amz-target"]).toBe("AWSOrganizationsV20161128.ListAccountsForParent");
  expect(service.requests[0]?.headers["authorization"]).toContain(`/${region}/organizations/aws4_request`);
});
