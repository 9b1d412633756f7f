import { nodeCrypto } from "../client/api/node-crypto.ts";
import { securityHeaders } from "../contract/headers.ts";
import { type ProblemCode, problemDocument, problems } from "../contract/problem.ts";
import { headerOf } from "../sdk/response.ts";
import { type AwsCredentials, signedHeaders } from "../sdk/sigv4.ts";
import type { HttpResponse } from "../sdk/transport.ts";
import type { SmokeWorld } from "./world.ts";

/** Milliseconds. */
const timeout = 30_000;

/**
 * Whether requests that API Gateway itself refuses, and those that reach no route, get the API's own responses.
 *
 * @throws Error that names each difference.
 */
export async function checkGatewayResponses(world: SmokeWorld): Promise<string> {
  const own = await world.credentials();
  const wrong = { ...own, secretAccessKey: `${own.secretAccessKey}x` };
  const cases = [
    { what: "no signature", code: "unauthenticated", response: await send(world, "GET", "/v1/whoami") },
    { what: "a wrong signature", code: "invalid-signature", response: await send(world, "GET", "/v1/whoami", wrong) },
    { what: "an unknown path", code: "not-found", response: await send(world, "GET", "/v1/nothing", own) },
    { what: "an unknown method", code: "method-not-allowed", response: await send(world, "PATCH", "/v1/whoami", own) },
  ] as const;
  const faults = cases.flatMap(({ what, code, response }) =>
    faultsOf(response, code).map((fault) => `${what}: ${fault}`),
  );
  if (faults.length > 0) throw new Error(faults.join("; "));
  return cases.map(({ what, response }) => `${what}: ${response.status}`).join(", ");
}

async function send(
  { url: base, region, transport, clock }: SmokeWorld,
  method: string,
  path: string,
  credentials?: AwsCredentials,
): Promise<HttpResponse> {
  const url = new URL(`${base}${path}`);
  const scope = { region, service: "execute-api", now: clock(), crypto: nodeCrypto };
  const headers = credentials === undefined ? {} : await signedHeaders({ method, url, body: "" }, credentials, scope);
  return transport({ method, url, headers, body: "" }, { timeout, signal: undefined });
}

function faultsOf({ status, headers, body }: HttpResponse, code: ProblemCode): readonly string[] {
  const problem = problemDocument.safeParse(parseJson(body)).data;
  const expected = { ...securityHeaders, "Content-Type": "application/problem+json" };
  const wrong = Object.entries(expected).filter(
    ([name, value]) => headerOf(headers, name.toLowerCase())?.split(";")[0] !== value.split(";")[0],
  );
  return [
    ...(status === problems[code].status ? [] : [`status ${status} instead of ${problems[code].status}`]),
    ...(problem?.code === code ? [] : [`no problem document ${code}`]),
    ...(problem && headerOf(headers, "x-request-id") === problem.requestId ? [] : ["no X-Request-Id of its own"]),
    ...wrong.map(([name]) => `no ${name} as the API's`),
  ];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
