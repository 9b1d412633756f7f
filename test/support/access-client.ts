import { expect } from "@jest/globals";
import { type AccessRequestResponse, accessRequest } from "../../contract/access-request.ts";
import { type ApiResponse, callApi, fleet } from "./api-client.ts";

/** Asks for access to prod-1 for an hour, but for whatever a test would have otherwise. */
export function askForAccess(url: string, as: string, other: object = {}): Promise<ApiResponse> {
  const requested = { instanceId: fleet.prod1, osUser: "ec2-user", durationSeconds: 3600, reason: "The disk is full" };
  return callApi(url, { method: "POST", path: "/v1/access-requests", as, body: { ...requested, ...other } });
}

/** Asks for access that must be taken, and checks the answer against the contract. */
export async function makeAccessRequest(url: string, as: string, other: object = {}): Promise<AccessRequestResponse> {
  const answer = await askForAccess(url, as, other);
  expect(answer).toMatchObject({ status: 201 });
  return accessRequest.strict().parse(answer.body);
}

export function review(url: string, as: string, id: string, decision: "approve" | "deny"): Promise<ApiResponse> {
  return callApi(url, { method: "POST", path: `/v1/access-requests/${id}/reviews`, as, body: { decision } });
}

export function end(url: string, as: string, id: string, how: "cancel" | "revoke"): Promise<ApiResponse> {
  return callApi(url, { method: "POST", path: `/v1/access-requests/${id}/${how}`, as });
}

export async function readAccessRequest(url: string, as: string, id: string): Promise<AccessRequestResponse> {
  const answer = await callApi(url, { path: `/v1/access-requests/${id}`, as });
  expect(answer).toMatchObject({ status: 200 });
  return accessRequest.strict().parse(answer.body);
}
