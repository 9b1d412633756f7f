import { describe, expect, test } from "@jest/globals";
import type { ConnectionOptions } from "../../../client/instances/target.ts";
import { connect } from "../../../client/ssh/connect.ts";
import { type ProblemCode, problemOf } from "../../../contract/problem.ts";
import { ApiProblem } from "../../../sdk/errors.ts";
import { webInstance } from "../../support/client/sample-responses.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";
import { connectionWith, instanceId } from "./any-connection.ts";

const refusal = (code: ProblemCode, more: Parameters<typeof problemOf>[2] = {}) =>
  new ApiProblem(problemOf(code, "request-1", more), undefined);
const approval = refusal("approval-required", { requirements: { approvals: 1, reason: true } });

const further = refusal("approval-required", {
  requirements: { approvals: 2, reason: true, accessRequestId: "ar-0123" },
});

function connected(responses: readonly unknown[], requested: ConnectionOptions = {}, instance = instanceId) {
  const world = scriptedWorld({ responses });
  return { ...world, made: connect(world.context, { instance, requested }, async () => "ssh-ed25519 AAAA") };
}

describe("a refused connection names the very command that tells more", () => {
  const found = { items: [webInstance] };
  test.each<[string, readonly unknown[], ConnectionOptions, string, string]>([
    [
      "latchkey why, with the user that was asked for",
      [found, refusal("access-denied")],
      { osUser: "root" },
      "web-1",
      "see which policy decides: latchkey why web-1 --os-user root",
    ],
    [
      "latchkey why, with the endpoint that was asked for",
      [refusal("endpoint-unavailable")],
      { connectionType: "eice", endpointId: "eice-0a1b2c3d", reason: "to look" },
      instanceId,
      `see what is missing: latchkey why ${instanceId} --connection-type eice --eice-options endpointId=eice-0a1b2c3d`,
    ],
    [
      "latchkey request, with the instance's own user",
      [approval, webInstance],
      { reason: "It's full" },
      instanceId,
      `ask for access, then try again: latchkey request ${instanceId} --os-user ec2-user --reason 'It'\\''s full' --wait`,
    ],
    [
      "latchkey request, with the user of a serial console",
      [approval],
      { connectionType: "serial" },
      instanceId,
      `ask for access, then try again: latchkey request ${instanceId} --os-user ${instanceId}.port0 --reason 'why you need it' --wait`,
    ],
    [
      "latchkey review, where access by tags lacks an approval",
      [further, webInstance],
      {},
      instanceId,
      "ar-0123 needs a further approval; a reviewer runs: latchkey review ar-0123 --approve",
    ],
  ])("%s", async (_, responses, requested, instance, hint) => {
    await expect(connected(responses, requested, instance).made).rejects.toMatchObject({
      hint,
      exitCode: expect.any(Number),
    });
  });

  test("but not where none would help", async () => {
    await expect(connected([refusal("throttled")]).made).rejects.toBeInstanceOf(ApiProblem);
  });
});

test("a warning is shown, and cannot begin a line of its own", async () => {
  const warnings = [{ code: "windows", message: "The instance runs\nWindows." }];
  const { made, shown } = connected([connectionWith({ warnings })]);
  expect(await made).toMatchObject({ connection: { instanceId } });
  expect(shown).toEqual(["note: The instance runs\\u{a}Windows."]);
});
