import { expect } from "@jest/globals";
import { type AccessRequestResponse, accessRequest } from "../../contract/access-request.ts";
import { type ApiResponse, callApi, fleet } from "./api-client.ts";

/** Requests access to prod-1 for an hour, unless a test overrides fields. */
export function askForAccess(url: string, as: string, other: object = {}): Promise<ApiResponse> {
  const requested = { instanceId: fleet.prod1, osUser: "ec2-user", durationSeconds: 3600, reason: "The disk is full" };
  return callApi(url, { method: "POST", path: "/v1/access-requests", as, body: { ...requested, ...other } });
}

/** Requests access, expects success and checks the response against the contract. */
export async function makeAccessRequest(url: string, as: string, other: object = {}): Promise<AccessRequestResponse> {
  const response = await askForAccess(url, as, other);
  expect(response).toMatchObject({ status: 201 });
  return accessRequest.strict().parse(response.body);
}

export function review(url: string, as: string, id: string, decision: "approve" | "deny"): Promise<ApiResponse> {
  return callApi(url, { method: "POST", path: `/v1/access-requests/${id}/reviews`, as, body: { decision } });
}

export function end(url: string, as: string, id: string, how: "cancel" | "revoke"): Promise<ApiResponse> {
  return callApi(url, { method: "POST", path: `/v1/access-requests/${id}/${how}`, as });
}

export async function readAccessRequest(url: string, as: string, id: string): Promise<AccessRequestResponse> {
  const response = await callApi(url, { path: `/v1/access-requests/${id}`, as });
  expect(response).toMatchObject({ status: 200 });
  return accessRequest.strict().parse(response.body);
}
