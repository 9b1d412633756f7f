import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import { keyPusher } from "../../../lambda/aws/ec2-instance-connect/push-key.ts";
import { signedHeaders } from "../../../local/aws/signed-headers.ts";
import { verifySignature } from "../../../local/aws/sigv4.ts";
import { listen, type RunningServer, readBody } from "../../../local/shared/loopback-server.ts";
import { awsEnvironment } from "../../support/patient-clients.ts";

const callers = Array.from({ length: 400 }, (_, number) => ({
  osUser: `user${number}`,
  credentials: {
    accessKeyId: `AKID${number}`,
    secretAccessKey: `secret${number}`,
    sessionToken: `session/${number}==`,
  },
}));
const byKey = new Map(callers.map((caller) => [caller.credentials.accessKeyId, caller]));
const scope = { region: "us-east-1", service: "ec2-instance-connect" };
const now = () => new Date();

/** Fails as many first attempts as a client retries. */
const failed = new Set<string>();
let server: RunningServer;
beforeAll(async () => {
  const http = createServer(async (request, response) => {
    const body = (await readBody(request, 10_000)) ?? Buffer.of();
    const headers = signedHeaders(request);
    const sent = { method: "POST", target: request.url ?? "", headers, body };
    const verdict = verifySignature(sent, scope, (id) => byKey.get(id)?.credentials, now());
    const { InstanceOSUser: osUser } = JSON.parse(body.toString());
    const caller = verdict.kind === "verified" ? byKey.get(verdict.accessKeyId) : undefined;
    const fails = failed.size < 30 && !failed.has(osUser);
    if (fails) failed.add(osUser);
    // Whose signature it is, not what the request says.
    const accepted = { Success: true, RequestId: caller?.osUser };
    response.writeHead(caller === undefined ? 403 : fails ? 500 : 200);
    response.end(JSON.stringify(caller === undefined ? verdict : fails ? { __type: "ServiceException" } : accepted));
  });
  server = await listen(http, 0);
  const endpoint = `http://127.0.0.1:${server.port}`;
  Object.assign(process.env, awsEnvironment, { AWS_ENDPOINT_URL_EC2_INSTANCE_CONNECT: endpoint });
});
afterAll(() => server.stop());

// No pauses between attempts.
beforeEach(() => {
  jest.spyOn(Math, "random").mockReturnValue(0);
});

test("hundreds of callers at a time each push with their own session, at every attempt", async () => {
  const { pushKey } = keyPusher("us-east-1", now);
  const pushed = await Promise.all(
    callers.map(({ osUser, credentials }) => {
      const push = { instanceId: "i-0123456789abcdef0", osUser, keyLine: "ssh-rsa AAAA", pushBy: new Date(8e15) };
      return pushKey(credentials, { ...push, connectionType: "direct" }, new AbortController().signal);
    }),
  );
  expect(pushed.map(({ awsRequestId }) => awsRequestId)).toEqual(callers.map(({ osUser }) => osUser));
  expect(failed.size).toBe(30);
});
