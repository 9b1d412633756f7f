import type { APIGatewayProxyEvent } from "aws-lambda";
import type * as z from "zod";
import type { Route } from "../contract/routes.ts";
import { fieldErrors } from "./invalid-fields.ts";
import { invalidField, Problem } from "./problem.ts";
import { parseStrictJson } from "./strict-json.ts";

/** Bytes. The largest body that makes sense is an RSA 4096 key in an RFC 4716 frame, under 2 KiB. */
const maxBodySize = 8 * 1024;

/** The parts of a request, each as its route's schema gives it. */
export interface ParsedRequest<R extends Route> {
  readonly params: z.output<R["params"]>;
  readonly query: z.output<R["query"]>;
  readonly body: R["body"] extends z.ZodType ? z.output<R["body"]> : undefined;
}

/**
 * Reads an event strictly: closed schemas, no parameter or name twice, no body where none is taken.
 *
 * @throws Problem `invalid-request` (400), `payload-too-large` (413), `unsupported-media-type` (415).
 */
export function parseRequest<R extends Route>(route: R, event: APIGatewayProxyEvent): ParsedRequest<R> {
  const params = check(route.params, decodeParams(event.pathParameters ?? {}));
  const query = check(route.query, readQuery(event.multiValueQueryStringParameters ?? {}));
  const body = route.body ? check(route.body, readJson(event)) : refuseBody(event);
  // The three values come out of the route's own schemas, which the compiler cannot see through the route's type.
  return { params, query, body } as ParsedRequest<R>;
}

function check(schema: z.ZodType, input: unknown): unknown {
  const result = schema.safeParse(input, { reportInput: true });
  if (!result.success) throw new Problem("invalid-request", { errors: fieldErrors(result.error.issues) });
  return result.data;
}

/** REST APIs deliver path parameters still percent-encoded. */
function decodeParams(params: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const decoded: Record<string, string> = {};
  for (const [name, value = ""] of Object.entries(params)) {
    try {
      decoded[name] = decodeURIComponent(value);
    } catch {
      throw invalidField(`/${name}`, "wrong-encoding");
    }
  }
  return decoded;
}

/** A plain object of the query, in which `tag.KEY=value` parameters are gathered under `tags`. */
function readQuery(parameters: Readonly<Record<string, readonly string[] | undefined>>): Record<string, unknown> {
  const query: [string, unknown][] = [];
  const tags: { key: string; value: string }[] = [];
  for (const [name, values = []] of Object.entries(parameters)) {
    const [value = "", ...more] = values;
    if (more.length > 0) throw invalidField("", "duplicate-parameter");
    // Our own name for what is gathered is no parameter.
    if (name === "tags") throw invalidField("", "unknown-field");
    if (name.startsWith("tag.")) tags.push({ key: name.slice("tag.".length), value });
    else query.push([name, value]);
  }
  if (tags.length > 0) query.push(["tags", tags]);
  return Object.fromEntries(query);
}

function refuseBody(event: APIGatewayProxyEvent): undefined {
  if (event.body !== null && event.body !== "") throw invalidField("", "body-not-taken");
  return undefined;
}

function readJson(event: APIGatewayProxyEvent): unknown {
  const body = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (body.length > maxBodySize) throw new Problem("payload-too-large");
  if (!isJson(event.multiValueHeaders ?? {})) throw new Problem("unsupported-media-type");
  const result = parseStrictJson(decodeUtf8(body));
  if ("fault" in result) throw invalidField("", result.fault);
  return result.value;
}

function isJson(headers: Readonly<Record<string, readonly string[] | undefined>>): boolean {
  const types = Object.entries(headers).flatMap(([name, values = []]) =>
    name.toLowerCase() === "content-type" ? values : [],
  );
  return types.length === 1 && /^application\/json(?:\s*;\s*charset=(?:utf-8|"utf-8"))?$/i.test(types[0]?.trim() ?? "");
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    // A byte order mark is kept, for JSON.parse to refuse.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalidField("", "wrong-encoding");
  }
}
