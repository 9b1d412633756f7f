import { describe, expect, test } from "@jest/globals";
import { type Grounds, refuseCommand } from "../../../client/mcp/command-permission.ts";

const id = "ar-1";
const at = "2026-03-01T12:00:00Z";
const approval = { reviewer: "bob", decision: "approve", at };
const active: NonNullable<Grounds> = { id, status: "active", breakGlass: false, reviews: [] };

/** Why a command is refused without `--allow-standing`, and with it. */
const table: readonly (readonly [sentence: string, Grounds, without: RegExp | undefined, with_: RegExp | undefined])[] =
  [
    ["policy alone", undefined, /without an access request/, undefined],
    ["access by break-glass", { ...active, breakGlass: true }, /break-glass/, /break-glass/],
    [
      "access by break-glass that somebody has approved since",
      { ...active, breakGlass: true, reviews: [approval] },
      /break-glass/,
      /break-glass/,
    ],
    ["access that needed no approval", active, /required no approval/, undefined],
    [
      "access with a denial alone",
      { ...active, reviews: [{ ...approval, decision: "deny" }] },
      /required no approval/,
      undefined,
    ],
    [
      "access that has ended",
      { ...active, status: "revoked", reviews: [approval] },
      /no longer active/,
      /no longer active/,
    ],
    [
      "access that is still pending",
      { ...active, status: "pending", reviews: [approval] },
      /no longer active/,
      /no longer active/,
    ],
    [
      "access with a status that is not known here",
      { ...active, status: "new", reviews: [approval] },
      /no longer active/,
      /no longer active/,
    ],
    ["active access that a person has approved", { ...active, reviews: [approval] }, undefined, undefined],
    [
      "active access that an integration has approved",
      { ...active, reviews: [{ ...approval, reviewer: "111122223333/roster", integration: "roster" }] },
      undefined,
      undefined,
    ],
  ];

describe("an agent's command, under", () => {
  test.each(table)("%s", (_, grounds, without, withFlag) => {
    const expectation = (why: RegExp | undefined) =>
      why === undefined ? undefined : { why: expect.stringMatching(why), next: expect.stringMatching(/\.$/) };
    expect(refuseCommand(grounds, false)).toEqual(expectation(without));
    expect(refuseCommand(grounds, true)).toEqual(expectation(withFlag));
  });
});
