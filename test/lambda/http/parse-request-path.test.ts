import { describe, expect, test } from "@jest/globals";
import { routes } from "../../../contract/routes.ts";
import { parseRequest } from "../../../lambda/http/parse-request.ts";
import { problemFrom } from "../../support/problems.ts";
import { restEvent } from "../../support/rest-event.ts";

const instanceId = "i-0123456789abcdef0";
const { getInstance } = routes;
const got = (change: Partial<Parameters<typeof restEvent>[0]>) =>
  parseRequest(getInstance, restEvent({ resource: getInstance.path, ...change }));

describe("path parameters come percent-encoded", () => {
  test.each([
    ["half an escape", "i-%3", "wrong-encoding"],
    ["an escape that is not UTF-8", "i-%ff", "wrong-encoding"],
    ["a line break behind", `${instanceId}%0A`, "wrong-format"],
    ["encoded twice", instanceId.replace("-", "%252D"), "wrong-format"],
    ["upper case", instanceId.toUpperCase(), "wrong-format"],
    ["nine hex digits", "i-012345678", "wrong-format"],
    ["a path out", "..%2Fwhoami", "wrong-format"],
    ["nothing", "", "wrong-format"],
  ])("refused: %s", async (_, encoded, code) => {
    expect(await problemFrom(() => got({ pathParameters: { instanceId: encoded } }))).toMatchObject({
      code: "invalid-request",
      errors: [{ pointer: "/instanceId", code }],
    });
  });

  test.each([
    ["as it is", instanceId, instanceId],
    ["of eight digits", "i-0a1b2c3d", "i-0a1b2c3d"],
    ["needlessly encoded", instanceId.replace("-", "%2D"), instanceId],
  ])("taken: %s", (_, encoded, decoded) => {
    expect(got({ pathParameters: { instanceId: encoded } })).toEqual({
      params: { instanceId: decoded },
      query: {},
      body: undefined,
    });
  });
});
