import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { fleet, makeConnection } from "../support/api-client.ts";
import { runSsh, useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

/** The one test that waits: everything else about time is tested by a clock. */
const local = useLocalStack();
const key = useKeyPair();

test("the key cannot log in a real minute after the push", async () => {
  const made = await makeConnection(local.stack.url, "alice", fleet.web1, { publicKey: key.pair.publicKey });
  expect(await runSsh(made, key.pair, "true")).toMatchObject({ code: 0 });
  await wait(Date.parse(made.expiresAt) - Date.now() + 1000);
  expect(await runSsh(made, key.pair, "true")).toMatchObject({ code: 255 });
});
