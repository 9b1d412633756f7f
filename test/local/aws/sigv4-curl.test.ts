import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { verifySignature } from "../../../local/aws/sigv4.ts";

/** Answers each request with the verdict on its signature, by the clock that curl signs by too. */
const server = createServer(async (message, response) => {
  const headers: Record<string, string> = {};
  for (const [name, values = []] of Object.entries(message.headersDistinct)) headers[name] = values.join(",");
  const request = { method: message.method ?? "", target: message.url ?? "", headers, body: await buffer(message) };
  const findSecret = (id: string) => (id === "alice" ? { secretAccessKey: "alice" } : undefined);
  const scope = { region: "us-east-1", service: "execute-api" };
  response.end(JSON.stringify(verifySignature(request, scope, findSecret, new Date())));
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.close();
});

async function curl(target: string, ...options: string[]): Promise<unknown> {
  const { port } = server.address() as AddressInfo;
  const signing = ["--aws-sigv4", "aws:amz:us-east-1:execute-api", "--user", "alice:alice"];
  const { stdout } = await promisify(execFile)("curl", [
    ...["--disable", "--silent", "--noproxy", "*", ...signing, ...options],
    `http://127.0.0.1:${port}${target}`,
  ]);
  return JSON.parse(stdout);
}

const VERIFIED = { kind: "verified", accessKeyId: "alice", region: "us-east-1", presigned: false };
const JSON_TYPE = ["--header", "content-type: application/json"];

test.each<[sentence: string, target: string, options: string[]]>([
  ["a bare path", "/v1/whoami", []],
  ["a sorted query", "/v1/instances?limit=5&tag.env=dev", []],
  ["a POST with a JSON body", "/v1/decisions", [...JSON_TYPE, "--data", '{"instanceId":"i-0123456789abcdef0"}']],
  ["a POST whose content-type curl adds unsigned", "/v1/decisions", ["--data", "{}"]],
  ["a PUT", "/v1/instances/i-0123456789abcdef0/host-keys", [...JSON_TYPE, "--request", "PUT", "--data", "{}"]],
])("curl's signature of %s is verified", async (_, target, options) => {
  expect(await curl(target, ...options)).toEqual(VERIFIED);
});

test("curl's signature of an unsorted query is refused with a hint by curl 7, verified by one that sorts", async () => {
  const refused = {
    kind: "refused",
    reason: expect.stringContaining("sort the query parameters by name before signing"),
  };
  const { stdout: version } = await promisify(execFile)("curl", ["--version"]);
  const verdict = await curl("/v1/instances?tag.env=dev&limit=5");
  if (version.startsWith("curl 7.")) expect(verdict).toEqual(refused);
  else expect([verdict]).toEqual([(verdict as { kind?: string }).kind === "verified" ? VERIFIED : refused]);
});

test("a wrong secret is refused", async () => {
  expect(await curl("/v1/whoami", "--user", "alice:bob")).toMatchObject({ kind: "refused" });
});
