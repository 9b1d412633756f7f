import { describe, expect, test } from "@jest/globals";
import { ec2Client } from "../../../../lambda/aws/ec2/client.ts";
import { imageReader } from "../../../../lambda/aws/ec2/image-names.ts";
import { ec2Error, ec2Response } from "../../../support/ec2-responses.ts";
import { useScriptedAws } from "../../../support/scripted-server.ts";

const service = useScriptedAws("EC2");
const { readImageNames } = imageReader(ec2Client({ region: "us-east-1" }));
const signal = new AbortController().signal;

const images = (...found: readonly { imageId: string; name: string }[]) =>
  ec2Response("DescribeImages", { imagesSet: found });

/** The reader caches names, so each test has images of its own. */
describe("the names of images", () => {
  test("a fault is AWS's, and is not kept", async () => {
    service.respond(ec2Error("UnauthorizedOperation", 403), images({ imageId: "ami-1", name: "one" }));
    await expect(readImageNames(["ami-1"], signal)).rejects.toMatchObject({ code: "aws-refused" });
    expect((await readImageNames(["ami-1"], signal)).get("ami-1")).toBe("one");
  });

  test("are asked for by filter, deprecated ones too, each id once", async () => {
    service.respond(images({ imageId: "ami-2", name: "two" }));
    await readImageNames(["ami-2", "ami-2", "ami-3"], signal);
    expect(Object.fromEntries(new URLSearchParams(service.requests[0]?.body))).toMatchObject({
      Action: "DescribeImages",
      "Filter.1.Name": "image-id",
      "Filter.1.Value.1": "ami-2",
      "Filter.1.Value.2": "ami-3",
      IncludeDeprecated: "true",
    });
  });

  test("are asked for once, also where there is no such image any more", async () => {
    service.respond(images({ imageId: "ami-4", name: "four" }));
    for (const _ of [1, 2]) {
      const names = await readImageNames(["ami-4", "ami-5"], signal);
      expect([names.get("ami-4"), names.get("ami-5")]).toEqual(["four", undefined]);
    }
    expect(service.requests).toHaveLength(1);
  });

  test("that are remembered are answered even where so many are new that all is forgotten", async () => {
    service.respond(images({ imageId: "ami-6", name: "six" }), images());
    await readImageNames(["ami-6"], signal);
    const many = Array.from({ length: 1000 }, (_, index) => `ami-new-${index}`);
    expect((await readImageNames(["ami-6", ...many], signal)).get("ami-6")).toBe("six");
  });
});
