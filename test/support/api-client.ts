import { expect } from "@jest/globals";
import { type Connection, connection } from "../../contract/connection.ts";
import { signRequest } from "./sigv4-signer.ts";

/** The sample fleet, by name. */
export const fleet = {
  web1: "i-0123456789abcdef0",
  legacy1: "i-0a1b2c3d",
  db1: "i-0d0000000000000a1",
  v61: "i-0600000000000000b",
  old1: "i-0570000000000000c",
  prod1: "i-0900000000000000d",
  vault1: "i-0fedcba9876543210",
  /** In the second target. */
  eu1: "i-0e00000000000000e",
  absent: "i-0000000000000000f",
} as const;

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON. */
  readonly body: unknown;
  /** The body, unparsed. */
  readonly text: string;
}

export interface ApiCall {
  readonly method?: string;
  /** Path and query, as sent over the wire. */
  readonly path: string;
  readonly body?: unknown;
  /** The sample caller. Without one, the call is not signed. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls the API as a client would: signed with Signature Version 4 by AWS's own signer. */
export async function callApi(
  url: string,
  { method = "GET", path, body, as, headers = {} }: ApiCall,
): Promise<ApiResponse> {
  const target = `${url}${path}`;
  const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  const plain = { ...(text !== undefined && { "content-type": "application/json" }), ...headers };
  const signed =
    as === undefined
      ? plain
      : await signRequest({
          method,
          url: target,
          headers: plain,
          ...(text !== undefined && { body: text }),
          accessKeyId: as,
          secretAccessKey: as,
          service: "execute-api",
          region: "us-east-1",
          now: new Date(),
        });
  const { host: _, ...sent } = signed as Record<string, string>;
  const response = await fetch(target, { method, headers: sent, ...(text !== undefined && { body: text }) });
  const received = await response.text();
  return { status: response.status, headers: response.headers, body: JSON.parse(received), text: received };
}

export function askForConnection(url: string, as: string, instanceId: string, body: object): Promise<ApiResponse> {
  return callApi(url, { method: "POST", path: `/v1/instances/${instanceId}/connections`, as, body });
}

/** Requests a connection, expects success and checks the response against the contract. */
export async function makeConnection(url: string, as: string, instanceId: string, body: object): Promise<Connection> {
  const response = await askForConnection(url, as, instanceId, body);
  expect(response).toMatchObject({ status: 201 });
  return connection.parse(response.body);
}
