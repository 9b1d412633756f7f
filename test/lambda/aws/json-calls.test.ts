import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SQSClient } from "@aws-sdk/client-sqs";
import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { replayTable } from "../../../lambda/aws/dynamodb/chat-replay-table.ts";
import { endpointOf, jsonCalls } from "../../../lambda/aws/json-calls.ts";
import { secretReader } from "../../../lambda/aws/secrets-manager/secret.ts";
import { chatQueue } from "../../../lambda/aws/sqs/chat-queue.ts";
import { verifySignature } from "../../../local/aws/sigv4.ts";
import { jsonError, type ScriptedResponse, useScriptedAws } from "../../support/scripted-server.ts";

const secrets = useScriptedAws("SECRETS_MANAGER");
const table = useScriptedAws("DYNAMODB");
const queue = useScriptedAws("SQS");
const call = jsonCalls("us-east-1");
const { signal } = new AbortController();
const secretArn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:Latchkey-slack";
const read = (given = signal) => secretReader(call, secretArn)(given);

// No pauses between attempts.
beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

describe("a secret", () => {
  test("is read by its ARN, in one signed call", async () => {
    secrets.respond({ body: JSON.stringify({ SecretString: "sesame" }) });
    expect(await read()).toBe("sesame");
    const [{ headers, body } = { headers: {}, body: "" }] = secrets.requests;
    expect([headers["x-amz-target"], headers["content-type"], JSON.parse(body)]).toEqual([
      "secretsmanager.GetSecretValue",
      "application/x-amz-json-1.1",
      { SecretId: secretArn },
    ]);
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const request = { method: "POST", target: "/", headers: plain, body: Buffer.from(body) };
    const verdict = (secretAccessKey: string) =>
      verifySignature(request, { service: "secretsmanager" }, () => ({ secretAccessKey }), new Date()).kind;
    expect([verdict("secret"), verdict("another")]).toEqual(["verified", "refused"]);
  });

  test("without a value is none", async () => {
    secrets.respond(jsonError("ResourceNotFoundException", 400));
    expect(await read()).toBeUndefined();
  });
});

describe("a signature that was seen", () => {
  const seen = { signature: "v0=00", claim: "claim", keptUntil: 1_800_000_000 };

  test("is put unless it is there, or by this very call", async () => {
    table.respond({ body: "{}" });
    expect(await replayTable(call, "latchkey")(seen, signal)).toBe(true);
    const [{ headers, body } = { headers: {}, body: "" }] = table.requests;
    expect(headers["x-amz-target"]).toBe("DynamoDB_20120810.PutItem");
    expect(JSON.parse(body)).toEqual({
      TableName: "latchkey",
      Item: {
        ...{ pk: { S: "chat-replay#v0=00" }, sk: { S: "replay" }, v: { N: "1" } },
        ...{ claim: { S: "claim" }, deleteAt: { N: "1800000000" } },
      },
      ConditionExpression: "attribute_not_exists(#pk) OR #claim = :claim",
      ExpressionAttributeNames: { "#pk": "pk", "#claim": "claim" },
      ExpressionAttributeValues: { ":claim": { S: "claim" } },
    });
  });

  test("is seen again", async () => {
    table.respond(jsonError("com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", 400));
    expect(await replayTable(call, "latchkey")(seen, signal)).toBe(false);
  });

  test("is not known if the table fails", async () => {
    table.respondAlways(jsonError("InternalServerError", 500));
    await expect(replayTable(call, "latchkey")(seen, signal)).rejects.toMatchObject({ code: "upstream-failure" });
  });
});

test("what somebody did is one message of the queue", async () => {
  const input = {
    ...({ kind: "command", text: "help", receivedAt: "2026-11-30T12:00:00.000Z" } as const),
    from: { chat: "slack", workspace: "T0LOCAL", user: "U0ALICE" },
    reply: {},
  };
  const url = "https://sqs.us-east-1.amazonaws.com/111122223333/latchkey-chat";
  queue.respond({ body: JSON.stringify({ MessageId: "m1" }) });
  await chatQueue(call, url)(input, signal);
  const [{ headers, body } = { headers: {}, body: "" }] = queue.requests;
  expect([headers["x-amz-target"], JSON.parse(body)]).toEqual([
    "AmazonSQS.SendMessage",
    { QueueUrl: url, MessageBody: JSON.stringify(input) },
  ]);
});

describe("faults", () => {
  test.each<[sentence: string, fault: ScriptedResponse]>([
    ["a fault of the service", jsonError("InternalServiceError", 500)],
    ["a fault that is not JSON", { status: 502, body: "<html>" }],
    ["throttling", jsonError("ThrottlingException", 400)],
    ["a connection that was reset", "reset"],
  ])("%s is retried, three attempts in all", async (_, fault) => {
    secrets.respond(fault, fault, { body: JSON.stringify({ SecretString: "sesame" }) });
    expect(await read()).toBe("sesame");
    secrets.respond(fault, fault, fault);
    await expect(read()).rejects.toMatchObject({ code: expect.stringMatching(/^upstream-/) });
  });

  test.each([
    ["AccessDeniedException", "aws-refused"],
    ["InvalidParameterException", "upstream-failure"],
    ["DecryptionFailure", "upstream-failure"],
  ])("%s is not", async (name, code) => {
    secrets.respond(jsonError(name, 400));
    await expect(read()).rejects.toMatchObject({ code });
  });

  test("a call that is given up ends, and is not made again", async () => {
    await expect(read(AbortSignal.abort())).rejects.toMatchObject({ code: "deadline-exceeded" });
  });
});

describe("a service is where the SDK finds it", () => {
  const clients = { dynamodb: DynamoDBClient, sqs: SQSClient } as const;
  const places = ["us-east-1", "eu-central-1", "us-gov-west-1", "us-gov-east-1", "cn-north-1"].flatMap((region) =>
    [false, true]
      // China has no FIPS endpoints: the settings refuse them.
      .filter((fips) => !fips || !region.startsWith("cn-"))
      .flatMap((fips) => (["dynamodb", "sqs"] as const).map((service) => [service, region, fips] as const)),
  );
  const at = (service: "dynamodb" | "sqs" | "secretsmanager", region: string, fips: boolean) => {
    const { AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL_SECRETS_MANAGER, ...rest } = process.env;
    const before = process.env;
    process.env = { ...rest, AWS_USE_FIPS_ENDPOINT: String(fips) };
    try {
      return endpointOf(service, region);
    } finally {
      process.env = before;
    }
  };

  test.each(places)("%s in %s, with FIPS: %s", (service, region, fips) => {
    const client = new clients[service]({ region });
    const parameters = { Region: region, UseFIPS: fips, UseDualStack: false };
    // The types of a client's configuration leave out what only the SDK uses.
    const { endpointProvider } = client.config as unknown as {
      endpointProvider: (given: object) => { readonly url: URL };
    };
    expect(at(service, region, fips)).toBe(endpointProvider(parameters).url.origin);
  });

  // https://docs.aws.amazon.com/general/latest/gr/asm.html
  test.each([
    ["us-east-1", false, "https://secretsmanager.us-east-1.amazonaws.com"],
    ["us-east-1", true, "https://secretsmanager-fips.us-east-1.amazonaws.com"],
    ["us-gov-west-1", true, "https://secretsmanager-fips.us-gov-west-1.amazonaws.com"],
    ["cn-north-1", false, "https://secretsmanager.cn-north-1.amazonaws.com.cn"],
  ])("Secrets Manager in %s, with FIPS: %s", (region, fips, url) => {
    expect(at("secretsmanager", region, fips)).toBe(url);
  });
});
