import { describe, expect, test } from "@jest/globals";
import { problemHeaders, problemOf } from "../../contract/problem.ts";
import type { HttpRequest, HttpResponse } from "../../sdk/index.ts";
import { AccessNotGranted, ApiProblem, Latchkey } from "../../sdk/index.ts";
import { sampleResponses, webInstance } from "../support/client/sample-responses.ts";

const { createConnection, createAccessRequest: active, getInstance } = sampleResponses;
const pending = { ...active, status: "pending", reviews: [] };

const json = (body: unknown, status = 200): HttpResponse => ({ status, headers: {}, body: JSON.stringify(body) });
const approvalRequired = (): HttpResponse => {
  const problem = problemOf("approval-required", "id", { requirements: { approvals: 1, reason: true } });
  return { status: problem.status, headers: problemHeaders("approval-required"), body: JSON.stringify(problem) };
};

/** A Latchkey whose API returns these, in their order. */
function scripted(...responses: readonly HttpResponse[]) {
  const requests: { readonly call: string; readonly body: unknown }[] = [];
  const left = [...responses];
  const latchkey = new Latchkey({
    url: "https://latchkey.example.com/live/",
    token: "token",
    transport: async ({ method, url, body }: HttpRequest) => {
      requests.push({
        call: `${method} ${url.pathname}${url.search}`,
        body: body === "" ? undefined : JSON.parse(body),
      });
      const response = left.shift();
      if (response === undefined) throw new Error("The script has no response left");
      return response;
    },
  });
  return { latchkey, requests };
}

const { instanceId } = webInstance;
const request = { instanceId, publicKey: "ssh-ed25519 AAAA" };
const access = { durationSeconds: 3600, reason: "INC-42" };
const connections = `/live/v1/instances/${instanceId}/connections`;

describe("connect", () => {
  test("makes no access request if policy requires none", async () => {
    const { latchkey, requests } = scripted(json(createConnection, 201));
    expect(await latchkey.connect(request, { access })).toEqual(createConnection);
    expect(requests).toEqual([{ call: `POST ${connections}`, body: { publicKey: "ssh-ed25519 AAAA" } }]);
  });

  test("makes one for the default OS user, waits, and connects", async () => {
    const { latchkey, requests } = scripted(
      approvalRequired(),
      json(getInstance),
      json(pending, 201),
      json(active),
      json(createConnection, 201),
    );
    const statuses: string[] = [];
    const onUpdate = ({ status }: { readonly status: string }) => void statuses.push(status);
    expect(await latchkey.connect(request, { access, onUpdate })).toEqual(createConnection);
    const since = encodeURIComponent(active.updatedAt);
    expect(requests.map(({ call }) => call)).toEqual([
      `POST ${connections}`,
      `GET /live/v1/instances/${instanceId}`,
      "POST /live/v1/access-requests",
      `GET /live/v1/access-requests/${active.id}?since=${since}&wait=25`,
      `POST ${connections}`,
    ]);
    expect(requests[2]?.body).toEqual({ instanceId, osUser: "ec2-user", ...access });
    expect(statuses).toEqual(["pending"]);
  });

  test("makes one for the OS user of the connection, which may be active at once", async () => {
    const { latchkey, requests } = scripted(approvalRequired(), json(active, 201), json(createConnection, 201));
    await latchkey.connect({ ...request, osUser: "root" }, { access });
    expect(requests[1]).toEqual({
      call: "POST /live/v1/access-requests",
      body: { instanceId, osUser: "root", ...access },
    });
  });

  test("without `access` throws the problem", async () => {
    const { latchkey, requests } = scripted(approvalRequired());
    const error: unknown = await latchkey.connect(request).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiProblem);
    expect(error).toMatchObject({ problem: { code: "approval-required" } });
    expect(requests).toHaveLength(1);
  });

  test("throws the access request if it is denied, and does not connect", async () => {
    const { latchkey, requests } = scripted(
      approvalRequired(),
      json(getInstance),
      json(pending, 201),
      json({ ...pending, status: "denied" }),
    );
    const error: unknown = await latchkey.connect(request, { access }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AccessNotGranted);
    expect(error).toMatchObject({ accessRequest: { id: active.id, status: "denied" } });
    expect(requests).toHaveLength(4);
  });
});

test("waitForAccess reads a request of which only the id is known", async () => {
  const { latchkey, requests } = scripted(json(active));
  expect(await latchkey.waitForAccess({ id: active.id })).toEqual(active);
  expect(requests.map(({ call }) => call)).toEqual([`GET /live/v1/access-requests/${active.id}`]);
});
