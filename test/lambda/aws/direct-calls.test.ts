import { Readable } from "node:stream";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { EC2InstanceConnectClient, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { type HttpRequest, HttpResponse } from "@smithy/core/protocols";
import { clientSettings } from "../../../lambda/aws/clients.ts";
import { type CallOptions, callDirectly } from "../../../lambda/aws/direct-calls.ts";
import { LostConnection } from "../../../lambda/aws/request-handler.ts";
import { awsEnvironment } from "../../support/patient-clients.ts";

Object.assign(process.env, awsEnvironment);

// No pauses between attempts.
beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

interface Scripted {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** Keeps the requests, and responds to them. */
class Recorder {
  readonly requests: HttpRequest[] = [];
  readonly respond: (request: HttpRequest, count: number) => Scripted;

  constructor(respond: (request: HttpRequest, count: number) => Scripted = () => ({})) {
    this.respond = respond;
  }

  async handle(request: HttpRequest) {
    this.requests.push(request);
    const { status = 200, body = "", headers = {} } = this.respond(request, this.requests.length);
    // Some responses are overtaken.
    await new Promise((resolve) => setImmediate(resolve));
    return { response: new HttpResponse({ statusCode: status, headers, body: Readable.from([Buffer.from(body)]) }) };
  }
}

const settingsOf = (region: string, fips: boolean, requestHandler: Recorder) => ({
  ...clientSettings({ region }),
  useFipsEndpoint: fips,
  requestHandler,
});

type Settings = ReturnType<typeof settingsOf>;

const role = { RoleArn: "arn:aws:iam::111122223333:role/push", RoleSessionName: "alice" };
const key = { InstanceId: "i-0123456789abcdef0", InstanceOSUser: "root", SSHPublicKey: "ssh-rsa AAAA" };
const services = {
  EC2: [(settings: Settings) => new EC2Client(settings), () => new DescribeInstancesCommand({})],
  STS: [(settings: Settings) => new STSClient(settings), () => new AssumeRoleCommand(role)],
  "EC2 Instance Connect": [
    (settings: Settings) => new EC2InstanceConnectClient(settings),
    () => new SendSSHPublicKeyCommand(key),
  ],
  DynamoDB: [
    (settings: Settings) => new DynamoDBClient(settings),
    () => new GetItemCommand({ TableName: "latchkey", Key: { pk: { S: "1" } } }),
  ],
  EventBridge: [
    (settings: Settings) => new EventBridgeClient(settings),
    () => new PutEventsCommand({ Entries: [{ Source: "latchkey" }] }),
  ],
} as const;

const textOf = ({ body }: HttpRequest) => new TextDecoder().decode(body);

interface Client {
  readonly config: object;
  send(command: object, options?: CallOptions): Promise<unknown>;
}

describe("a call reaches AWS as the SDK's own chain sends it, without a header of the body's hash, which is S3's", () => {
  const places = [
    ["us-east-1", false],
    ["us-east-1", true],
    ["us-gov-west-1", true],
    ["cn-north-1", false],
  ] as const;
  const cases = Object.entries(services).flatMap(([name, service]) =>
    places.map(([region, fips]) => [name, region, fips ? "FIPS" : "no FIPS", service] as const),
  );

  test.each(cases)("%s in %s, %s", async (_, region, fips, [makeClient, makeCommand]) => {
    const sent = async (direct: boolean) => {
      const recorder = new Recorder();
      const client = makeClient(settingsOf(region, fips === "FIPS", recorder)) as unknown as Client;
      await (direct ? callDirectly(client) : client).send(makeCommand());
      return partsOf(recorder.requests[0]);
    };
    expect(await sent(true)).toEqual(await sent(false));
  });

  /** Without what differs from call to call, and the codes of the SDK's features. */
  function partsOf(request: HttpRequest | undefined) {
    const { hostname, protocol, path, method, body, headers = {} } = request ?? {};
    const { authorization = "", "user-agent": userAgent = "", "x-amz-content-sha256": _, ...others } = headers;
    for (const name of ["amz-sdk-invocation-id", "x-amz-date"]) others[name] = String(others[name] !== undefined);
    return {
      ...{ hostname, protocol, path, method, body, headers: others },
      authorization: authorization.replace(/Signature=\w+/, "").replace("x-amz-content-sha256;", ""),
      userAgent: userAgent.replace(/ m\/\S+/, ""),
    };
  }
});

describe("a failed call says and hides what it does in the SDK's own chain", () => {
  const headers = { "x-amzn-requestid": "request-1" };
  const failures: Record<string, Scripted> = {
    "an error of the service": { status: 400, body: JSON.stringify({ __type: "AccessDeniedException" }) },
    "an error without a body": { status: 500 },
    "an error page": { status: 503, body: "<html><body>Unavailable</body></html>" },
    "a success that does not parse": { body: "Success" },
  };
  const cases = Object.entries(failures).flatMap(([failure, response]) =>
    Object.entries(services).map(([name, service]) => [failure, name, response, service] as const),
  );

  test.each(cases)("%s, from %s", async (_, __, response, [makeClient, makeCommand]) => {
    const failed = async (direct: boolean) => {
      const recorder = new Recorder(() => ({ ...response, headers }));
      const client = makeClient(settingsOf("us-east-1", false, recorder)) as unknown as Client;
      const error = await (direct ? callDirectly(client) : client)
        .send(makeCommand())
        .catch((thrown: object) => thrown);
      // Printed with the error, the response would show the request, and so the signature and the session token.
      return { names: Object.keys(Object(error)), error: { ...Object(error) }, requests: recorder.requests.length };
    };
    const { names, ...direct } = await failed(true);
    expect({ names, ...direct }).toEqual(await failed(false));
    expect(names).toContain("$metadata");
    expect(names).not.toContain("$response");
  });
});

test("hundreds of calls at a time are signed each by its own session, at every attempt", async () => {
  // As many as a client retries.
  const failed = new Set<string>();
  const recorder = new Recorder((request, count) => {
    const body = textOf(request);
    if (count % 3 === 0 && failed.size < 30 && !failed.has(body)) {
      failed.add(body);
      return { status: 500, body: JSON.stringify({ __type: "ServiceException" }) };
    }
    return { body: JSON.stringify({ Success: true, RequestId: JSON.parse(body).InstanceOSUser }) };
  });
  const settings = settingsOf("us-east-1", false, recorder);
  const pusher = callDirectly(new EC2InstanceConnectClient(settings)) as unknown as Client;
  const numbers = Array.from({ length: 300 }, (_, number) => String(number));
  const responses = await Promise.all(
    numbers.map((number) =>
      pusher.send(new SendSSHPublicKeyCommand({ ...key, InstanceOSUser: number }), {
        credentials: { accessKeyId: `AKID${number}`, secretAccessKey: number, sessionToken: `session-${number}` },
      }),
    ),
  );
  expect(responses).toMatchObject(numbers.map((RequestId) => ({ RequestId })));
  expect(recorder.requests.length).toBeGreaterThan(numbers.length);
  for (const request of recorder.requests) {
    const { headers } = request;
    const { InstanceOSUser: number } = JSON.parse(textOf(request));
    expect(headers["x-amz-security-token"]).toBe(`session-${number}`);
    expect(headers["authorization"]).toContain(`Credential=AKID${number}/`);
  }
});

describe("a call over a connection that was lost in a pause", () => {
  const lost = () => {
    throw new LostConnection(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
  };
  const sendWith = async (isLost: (count: number) => boolean) => {
    const recorder = new Recorder((_, count) => (isLost(count) ? lost() : { body: JSON.stringify({ Success: true }) }));
    const client = callDirectly(
      new EC2InstanceConnectClient(settingsOf("us-east-1", false, recorder)),
    ) as unknown as Client;
    const beforeAttempt = jest.fn();
    const response = await client
      .send(new SendSSHPublicKeyCommand(key), { beforeAttempt })
      .catch((error: object) => error);
    const attempts = recorder.requests.map(({ headers }) => headers["amz-sdk-request"]);
    return { response, attempts, checks: beforeAttempt.mock.calls.length };
  };

  test("is sent again in the same attempt, as what comes before every attempt permits", async () => {
    const { response, attempts, checks } = await sendWith((count) => count === 1);
    expect(response).toMatchObject({ Success: true, $metadata: { attempts: 1 } });
    expect(attempts).toEqual(["attempt=1; max=3", "attempt=1; max=3"]);
    expect(checks).toBe(2);
  });

  test("is sent twice in each attempt at most", async () => {
    const { response, attempts } = await sendWith(() => true);
    expect(response).toBeInstanceOf(LostConnection);
    expect(attempts).toHaveLength(6);
  });
});

describe("a wrong clock", () => {
  const hour = 3_600_000;
  const start = Date.parse("2026-01-02T03:04:05Z");
  const date = new Date(start + hour).toUTCString();
  const refused = (): Scripted => ({
    status: 400,
    headers: { date },
    body: JSON.stringify({ __type: "InvalidSignatureException" }),
  });
  const signedAt = ({ headers }: HttpRequest) =>
    Date.parse(String(headers["x-amz-date"]).replace(/^(....)(..)(..T..)(..)/, "$1-$2-$3:$4:"));

  test("is corrected by the time of a refusal, for this call and those that follow", async () => {
    const recorder = new Recorder((_, count) => (count === 1 ? refused() : { headers: { date } }));
    const client = callDirectly(new DynamoDBClient(settingsOf("us-east-1", false, recorder))) as unknown as Client;
    const get = () => client.send(services.DynamoDB[1]());
    jest.spyOn(Date, "now").mockReturnValue(start);
    await get();
    await get();
    expect(recorder.requests.map(signedAt)).toEqual([start, start + hour, start + hour]);
  });
});
