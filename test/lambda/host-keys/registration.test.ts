import { expect, test } from "@jest/globals";
import { registration } from "../../../lambda/host-keys/registration.ts";
import type { StoredHostKey } from "../../../lambda/host-keys/stored-host-key.ts";

const [then, now] = ["2026-01-01T00:00:00.000Z", "2026-01-02T03:04:05.000Z"];
const registered = (key: string, observedAt = then): StoredHostKey => ({ key, source: "registered", observedAt });
const console: StoredHostKey = { key: "a", source: "console", observedAt: then };
const pinned: StoredHostKey = { key: "c", source: "pinned", observedAt: then };

type Row = [
  sentence: string,
  known: readonly StoredHostKey[],
  keys: readonly string[],
  next: readonly StoredHostKey[] | undefined,
];

test.each<Row>([
  ["the same keys change nothing", [registered("a"), registered("b")], ["a", "b"], undefined],
  ["nor do they in another order", [registered("a"), console, registered("b")], ["b", "a"], undefined],
  ["nor does nothing, where nothing is registered", [console], [], undefined],
  ["the first are new", [], ["a", "b"], [registered("a", now), registered("b", now)]],
  ["a new one replaces all that were there", [registered("a"), registered("b")], ["c"], [registered("c", now)]],
  [
    "one that stays keeps its time",
    [registered("a"), registered("b")],
    ["c", "b"],
    [registered("c", now), registered("b")],
  ],
  ["one more is a change", [registered("a")], ["a", "b"], [registered("a"), registered("b", now)]],
  ["one less is a change", [registered("a"), registered("b")], ["b"], [registered("b")]],
  ["none forgets what was registered", [registered("a")], [], []],
  ["what other sources know stays", [console, registered("b"), pinned], ["a"], [registered("a", now), console, pinned]],
  ["and is all that is left of nothing", [console, registered("b"), pinned], [], [console, pinned]],
])("%s", (_, known, keys, next) => {
  expect(registration(known, keys, new Date(now))).toEqual(next);
});
