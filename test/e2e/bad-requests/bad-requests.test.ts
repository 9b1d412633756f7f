import { beforeAll, describe, expect, test } from "@jest/globals";
import { securityHeaders } from "../../../contract/headers.ts";
import { problemDocument } from "../../../contract/problem.ts";
import { badRequests } from "../../fixtures/bad-requests/index.ts";
import { marker } from "../../fixtures/bad-requests/requests.ts";
import { callApi, fleet } from "../../support/api-client.ts";
import { isBookkeeping, isBookkeepingCall } from "../../support/bookkeeping.ts";
import { bytesOf, type RawRequest, type RawResponse, sendRaw } from "../../support/raw-request.ts";
import { requestLines } from "../../support/request-lines.ts";
import { useLocalStack } from "../../support/test-stack.ts";

/** Calls that change something, in AWS or in the table. */
const changes = ["SendSSHPublicKey", "PutItem", "UpdateItem"];

describe("bad requests", () => {
  const local = useLocalStack();

  // Warms the functions up.
  beforeAll(async () => {
    for (const path of ["/v1/whoami", `/v1/instances/${fleet.web1}`]) {
      await callApi(local.stack.url, { path, as: "alice" });
    }
  });

  test("there are at least twelve classes, of at least ten rows each", () => {
    const sizes = Object.values(badRequests).map((rows) => Object.keys(rows).length);
    expect(sizes.length).toBeGreaterThanOrEqual(12);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(10);
  });

  describe.each(Object.entries(badRequests))("%s", (kind, rows) => {
    test.each(Object.entries(rows))(`refused: ${kind}: %s`, async (_, [request, verdict]) => {
      const done = () => ({
        changes: local.stack.log.calls.filter((call) => changes.includes(call.operation) && !isBookkeepingCall(call))
          .length,
        records: local.stack.records.filter(({ newImage }) => !isBookkeeping(newImage["pk"])).length,
      });
      const before = done();
      const response = await send(request);
      const [requestId = "none"] = response.headers.get("x-request-id") ?? [];
      const lines = await requestLines(local, requestId, verdict.startsWith("gateway ") ? 0 : 1);

      expect(verdictOf(response, lines)).toBe(verdict);
      expect(done()).toEqual(before);
      expectSafeHeaders(response);
      expect(JSON.stringify([...response.headers, response.body, lines])).not.toContain(marker);
    });
  });

  test("the log has one line of JSON for each request that reached a function, without its input, and nothing else", () => {
    const lines = local.logLines.map((line): { requestId?: unknown } => JSON.parse(line));
    const ids = lines.map(({ requestId }) => requestId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(local.logLines.filter((line) => line.includes(marker))).toEqual([]);
  });

  async function send(request: RawRequest): Promise<RawResponse> {
    const { host, port } = new URL(local.stack.url);
    const bytes = bytesOf({ ...request, headers: [`User-Agent: ${marker}`, ...(request.headers ?? [])] }, host);
    expect(bytes.includes(marker)).toBe(true);
    return sendRaw(Number(port), bytes, request.halfClosed);
  }
});

/** The verdict in the form of a row: who responded, the status, the code, each wrong field. A response to HEAD has only a status. */
function verdictOf({ status, headers, body, rest }: RawResponse, lines: readonly string[]): string {
  expect(rest).toBe("");
  const logged = lines.map((line): Record<string, unknown> => JSON.parse(line));
  expect(logged.length).toBeLessThanOrEqual(1);
  const by = logged.length === 0 ? "gateway " : "";
  if (body === "") return `${by}${status}`;

  const { code, errors = [], ...problem } = problemDocument.strict().parse(JSON.parse(body));
  expect(problem).toMatchObject({ status, type: `urn:latchkey:problem:${code}`, retryable: false });
  expect([problem.requestId]).toEqual(headers.get("x-request-id"));
  for (const line of logged) expect(line).toMatchObject({ level: "WARN", message: "request.refused", code });
  return [`${by}${status} ${code}`, ...errors.map((each) => `#${each.pointer} ${each.code}`)].join(" ");
}

function expectSafeHeaders({ status, headers }: RawResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) expect(headers.get(name.toLowerCase())).toEqual([value]);
  expect(headers.get("content-type")).toEqual(["application/problem+json"]);
  expect(headers.get("x-request-id")).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  expect(headers.get("allow")).toEqual(status === 405 ? [expect.stringMatching(/^(?:GET|POST)$/)] : undefined);
  expect(headers.get("access-control-allow-origin")).toBeUndefined();
  expect(headers.get("set-cookie")).toBeUndefined();
}
