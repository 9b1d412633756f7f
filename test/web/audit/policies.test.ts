import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { policiesIn } from "../../../web/audit/policies.ts";

const digestOf = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const text = JSON.stringify(["schema", { "dev-connect": "permit (principal, action, resource);\n", odd: 1 }]);

describe("the text of policies is not believed", () => {
  test.each([
    ["if it has another digest", text, digestOf("other")],
    ["if the digest is of another kind", text, digestOf(text).replace("sha256", "sha512")],
    ["if it has no policies", '["schema"]', digestOf('["schema"]')],
    ["if it is not a list", "{}", digestOf("{}")],
  ])("%s", async (_, given, digest) => {
    await expect(policiesIn(given, digest, ["dev-connect"])).resolves.toBeUndefined();
  });
});

test("the policies that are asked for, in their order, and those that are not there", async () => {
  await expect(policiesIn(text, digestOf(text), ["odd", "dev-connect", "__proto__"])).resolves.toEqual([
    { id: "odd", text: undefined },
    { id: "dev-connect", text: "permit (principal, action, resource);" },
    { id: "__proto__", text: undefined },
  ]);
});
