import { describe, expect, test } from "@jest/globals";
import { readRoute } from "../../web/app/route.ts";
import * as links from "../../web/ui/links.ts";

describe("a URL's fragment that is no page of the console's", () => {
  test.each([
    "#/nowhere",
    "#/instances/a/b",
    "#/instances/a/b/c/d",
    "#/terminals/one",
    "#/access/old",
    "#/constructor",
    "#/__proto__/1",
    "#/%E0%A4%A",
  ])("%s", (fragment) => {
    expect(readRoute(fragment)).toEqual({ page: "unknown" });
  });
});

describe("a link leads to its page", () => {
  const instanceId = "i-0123456789abcdef0";
  const ofTarget = { instanceId, accountId: "111122223333", region: "us-east-1" };
  test.each([
    ["instances", links.instancesLink(), { page: "instances", query: new URLSearchParams() }],
    ["an instance", links.instanceLink({ instanceId }), { page: "instance", address: { instanceId } }],
    ["an instance of a target", links.instanceLink(ofTarget), { page: "instance", address: ofTarget }],
    ["all terminals", links.terminalLink(), { page: "terminals" }],
    ["a terminal", links.terminalLink(2), { page: "terminals", number: 2 }],
    ["my access", links.accessLink(), { page: "access", query: new URLSearchParams() }],
    ["an access request", links.requestLink("a/b"), { page: "request", id: "a/b" }],
    ["reviews", links.reviewsLink(), { page: "reviews", query: new URLSearchParams() }],
  ])("%s", (_, link, route) => {
    expect(readRoute(link)).toEqual(route);
  });

  test.each([
    ["asking for access", "ask", links.askLink],
    ["the trail", "audit", links.auditLink],
    ["a story", "story", links.storyLink],
    ["filtered instances", "instances", links.instancesLink],
  ] as const)("%s, with a query of any text", (_, page, link) => {
    const query = { "tag.a=b&c?d#": "é %2F/…", empty: "", missing: undefined };
    expect(readRoute(link(query))).toEqual({ page, query: new URLSearchParams({ "tag.a=b&c?d#": "é %2F/…" }) });
  });

  test("no fragment is the page of instances", () => {
    expect(readRoute("")).toEqual({ page: "instances", query: new URLSearchParams() });
  });
});
