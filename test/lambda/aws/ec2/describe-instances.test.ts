import { describe, expect, test } from "@jest/globals";
import { ec2Client } from "../../../../lambda/aws/ec2/client.ts";
import { instanceReader } from "../../../../lambda/aws/ec2/instances.ts";
import { ec2Error, instancesResponse } from "../../../support/ec2-responses.ts";
import { useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("EC2");
const { describeInstances } = instanceReader(ec2Client({ region: "us-east-1" }), "us-east-1");
const find = (ids: readonly string[]) => describeInstances(ids, new AbortController().signal);
const idsOf = (count: number) => Array.from({ length: count }, (_, n) => `i-${n.toString(16).padStart(8, "0")}`);

/** The ids that each call asked for. */
const asked = () =>
  service.requests.map(({ body }) => {
    const parameters = [...new URLSearchParams(body)];
    expect(parameters).toContainEqual(["Filter.1.Name", "instance-id"]);
    return parameters.filter(([name]) => name.startsWith("Filter.1.Value.")).map(([, value]) => value);
  });

test("one that is not there is missing, and nobody else's is", async () => {
  const [there = "", gone = ""] = idsOf(2);
  service.respond(instancesResponse([{ instanceId: there }]));
  const found = await find([there, gone]);
  expect([...found.keys()]).toEqual([there]);
});

test("a fault of one batch is a fault of all", async () => {
  const both = Promise.withResolvers<void>();
  const respond = async ({ body }: { body: string }) => {
    if (service.requests.length === 2) both.resolve();
    // Otherwise the fault would reach the caller before the other batch is sent, on a busy machine.
    await both.promise;
    return body.includes("Filter.1.Value.2=") ? instancesResponse([]) : ec2Error("UnauthorizedOperation", 403);
  };
  service.respond(respond, respond);
  await expect(find(idsOf(201))).rejects.toMatchObject({ code: "aws-refused" });
});

describe("calls", () => {
  test.each([
    ["none for nobody", 0, []],
    ["one for one", 1, [1]],
    ["one for as many as a filter takes", 200, [200]],
    ["two for one more", 201, [200, 1]],
  ])("%s", async (_, count, batches) => {
    const ids = idsOf(count);
    service.respond(...batches.map(() => instancesResponse([])));
    await find(ids);
    expect(
      asked()
        .map((batch) => batch.length)
        .sort(),
    ).toEqual([...batches].sort());
    expect(asked().flat().sort()).toEqual(ids);
  });

  test("each is asked for once", async () => {
    service.respond(instancesResponse([]));
    await find(["i-0a1b2c3d", "i-0a1b2c3e", "i-0a1b2c3d"]);
    expect(asked()).toEqual([["i-0a1b2c3d", "i-0a1b2c3e"]]);
  });

  test("to EC2's last page", async () => {
    service.respond(
      instancesResponse([{ instanceId: "i-0a1b2c3d" }], "2"),
      instancesResponse([{ instanceId: "i-0a1b2c3e" }]),
    );
    expect([...(await find(["i-0a1b2c3d", "i-0a1b2c3e"])).keys()]).toEqual(["i-0a1b2c3d", "i-0a1b2c3e"]);
  });
});
