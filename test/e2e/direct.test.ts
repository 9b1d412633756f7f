import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { connection } from "../../lambda/contract/connection.ts";
import { callApi } from "../support/api-client.ts";
import { type KeyPair, makeKeyPair, runSsh } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";

const web1 = "i-0123456789abcdef0";

describe("a direct connection to web-1", () => {
  const local = useLocalStack();
  let key: KeyPair;
  let otherKey: KeyPair;
  beforeAll(async () => {
    [key, otherKey] = await Promise.all([makeKeyPair(), makeKeyPair()]);
  });
  afterAll(async () => {
    await Promise.all([key.remove(), otherKey.remove()]);
  });

  const connect = async (as: string, body: object, instanceId = web1) => {
    const answer = await callApi(local.stack.url, {
      method: "POST",
      path: `/v1/instances/${instanceId}/connections`,
      as,
      body,
    });
    expect(answer).toMatchObject({ status: 201 });
    return connection.parse(answer.body);
  };

  test("the stock client logs in with the pushed key and runs a command", async () => {
    const made = await connect("alice", { publicKey: key.publicKey });
    const result = await runSsh(made, key, "echo hello from $LOGNAME");
    expect(result).toMatchObject({ code: 0, stdout: "hello from ec2-user\n" });
  });
});
