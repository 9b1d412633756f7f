import { describe, expect, test } from "@jest/globals";
import { makeHostKey } from "../../../../local/instances/host-key.ts";
import { callApi, fleet } from "../../../support/api-client.ts";
import { runClient } from "../../../support/client-process.ts";
import type { TestStack } from "../../../support/test-stack.ts";

/** Host keys, fail closed: an instance that shows another key than the registered one. To be described last: the key stays changed. */
export function describeHostKeys(local: TestStack): void {
  describe("a host key that is not the registered one", () => {
    test("is refused, with an explanation, and nothing is sent there", async () => {
      const options = { as: "alice", stack: local.stack };
      expect(await runClient(["ssh", "legacy-1", "--", "echo in"], options)).toMatchObject({
        stdout: "in\n",
        exitCode: 0,
      });

      const path = `/v1/instances/${fleet.legacy1}/host-keys`;
      const body = { hostKeys: [{ key: makeHostKey().publicKeyLine }] };
      expect(
        await callApi(local.stack.url, { method: "PUT", path, as: "bob", body, headers: { "if-none-match": "*" } }),
      ).toMatchObject({ status: 200 });

      const { stdout, stderr, exitCode } = await runClient(["ssh", "legacy-1", "--", "echo in"], options);
      expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 255 });
      expect(stderr).toMatch(/^latchkey: .*host key/m);
      expect(stderr).toMatch(/registered/);
      expect(stderr).toMatch(/^hint: /m);
    });
  });
}
