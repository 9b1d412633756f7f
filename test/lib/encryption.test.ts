import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { keyStatements } from "../../lib/key-policy.ts";
import { synthesize } from "../support/synthesized-stack.ts";
import { encryptedBy } from "../support/template-keys.ts";
import { everySetting } from "../support/template-settings.ts";

const stack = synthesize(everySetting);
const place = {
  partition: "aws",
  region: "us-east-1",
  urlSuffix: "amazonaws.com",
  account: "111122223333",
  stackName: "Latchkey",
};

test("by default nothing has a key but AWS's own", () => {
  expect(JSON.stringify(synthesize({}).resolved)).not.toMatch(/kms/i);
});

describe("encryption with a key of the stack's own", () => {
  const [key, ...others] = stack.all(
    "AWS::KMS::Key",
    z.object({ EnableKeyRotation: z.boolean(), KeyPolicy: z.unknown() }),
  );

  test("there is one key, which rotates and outlives the stack like the data", () => {
    expect(everySetting.encryption).toBe("own");
    expect(others).toEqual([]);
    expect(key).toMatchObject({ properties: { EnableKeyRotation: true }, deletionPolicy: "Retain" });
  });

  test("its alias is one that the service control policy protects, and outlives the stack like the key", () => {
    const [alias] = stack.all("AWS::KMS::Alias", z.object({ AliasName: z.string(), TargetKeyId: z.string() }));
    expect(alias?.properties.AliasName).toBe("alias/Latchkey-00000000-0000-4000-8000-00000000000a");
    expect(alias?.deletionPolicy).toBe("Retain");
    expect(alias?.properties.TargetKeyId).toContain(key?.id);
  });

  test("table and stream, queues, bus, secret, logs and functions have it, and every other resource is known to hold no data", () => {
    const arn = `arn:aws:kms:us-east-1:111122223333:key/${key?.id}`;
    expect(encryptedBy(stack)).toEqual({
      "AWS::DynamoDB::GlobalTable": [arn],
      "AWS::Events::EventBus": [arn],
      "AWS::Lambda::Function": [arn],
      "AWS::Logs::LogGroup": [arn],
      "AWS::SecretsManager::Secret": [arn],
      "AWS::SQS::Queue": [arn],
    });
  });

  test("EventBridge still sends to the queue from its one rule only", () => {
    const policies = JSON.stringify(stack.all("AWS::SQS::QueuePolicy", z.unknown()));
    expect(policies).toContain('"aws:SourceArn":"arn:aws:events:us-east-1:111122223333:rule/StartsRunning');
    expect(policies).not.toContain("aws:SourceAccount");
  });

  test("its policy leaves the account's roles to IAM, and admits CloudWatch Logs of this region and EventBridge", () => {
    expect(key?.properties.KeyPolicy).toEqual({ Version: "2012-10-17", Statement: keyStatements(place) });
    expect(keyStatements(place).map(({ Principal }) => Object.values(Principal))).toEqual([
      ["arn:aws:iam::111122223333:root"],
      ["logs.us-east-1.amazonaws.com"],
      ["events.amazonaws.com"],
    ]);
  });

  test("the page has that policy, for a key of somebody's own", () => {
    const page = readFileSync(path.resolve(import.meta.dirname, "../../docs/encryption.md"), "utf8");
    const [, statements = ""] = /```json\n(\[.*?\n\])\n```/s.exec(page) ?? [];
    expect(JSON.parse(statements)).toEqual(keyStatements(place));
  });
});
