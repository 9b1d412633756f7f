import { expect, test } from "@jest/globals";
import { ec2Client } from "../../../../lambda/aws/ec2/client.ts";
import { instancePages } from "../../../../lambda/aws/ec2/instances.ts";
import { ec2Error, instancesResponse } from "../../../support/ec2-responses.ts";
import { useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("EC2");
const { describePage } = instancePages(ec2Client({ region: "us-east-1" }), "us-east-1");
const page = (token?: string, signal = new AbortController().signal) => describePage(token, signal);

test.each([
  ["UnauthorizedOperation", 403, "aws-refused"],
  ["RequestLimitExceeded", 503, "upstream-unavailable"],
  ["InvalidNextToken", 400, "upstream-failure"],
])("a page that fails rejects: %s", async (name, status, code) => {
  service.respondAlways(ec2Error(name, status));
  await expect(page("page-2")).rejects.toMatchObject({ code });
});

test("a page that does not come in time rejects", async () => {
  service.respondAlways("silence");
  await expect(page(undefined, AbortSignal.timeout(20))).rejects.toMatchObject({ code: "deadline-exceeded" });
});

test("pages have a thousand instances at most, and no filter", async () => {
  service.respond(instancesResponse([{ instanceId: "i-00000001" }], "page-2"), instancesResponse([]));
  const first = await page();
  expect(first.instances.map(({ instanceId }) => instanceId)).toEqual(["i-00000001"]);
  await expect(page(first.nextToken)).resolves.toEqual({ instances: [], nextToken: undefined });
  const asked = service.requests.map(({ body }) => {
    const { Action, Version, ...parameters } = Object.fromEntries(new URLSearchParams(body));
    return parameters;
  });
  expect(asked).toEqual([{ MaxResults: "1000" }, { MaxResults: "1000", NextToken: "page-2" }]);
});
