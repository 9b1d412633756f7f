import type { APIGatewayProxyEvent } from "aws-lambda";
import type * as z from "zod";
import type { ApiRoute } from "../../contract/routes.ts";
import { fieldErrors, namedPointer } from "../shared/invalid-fields.ts";
import { invalidField, Problem } from "../shared/problem.ts";
import { refuseLargeHead } from "./head-size.ts";
import { readJsonBody, replacementCharacter } from "./json-body.ts";

/** The parts of a request, each as its route's schema gives it. */
export interface ParsedRequest<R extends ApiRoute> {
  readonly params: z.output<R["params"]>;
  readonly query: z.output<R["query"]>;
  readonly body: R["body"] extends z.ZodType ? z.output<R["body"]> : undefined;
}

/**
 * Parses an event strictly: closed schemas, no duplicate parameter or name, no body unless the route accepts one.
 *
 * @throws Problem `invalid-request` (400), `payload-too-large` (413), `unsupported-media-type` (415).
 */
export function parseRequest<R extends ApiRoute>(route: R, event: APIGatewayProxyEvent): ParsedRequest<R> {
  refuseLargeHead(event);
  const params = check(route.params, decodeParams(event.pathParameters ?? {}));
  const query = check(route.query, readQuery(event.multiValueQueryStringParameters ?? {}));
  const body = route.body ? check(route.body, readBody(route, event)) : refuseBody(event);
  // The three values come from the route's schemas, which the compiler cannot follow.
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

/** The query as a plain object, with all parameters that name a tag under `tags`. */
function readQuery(parameters: Readonly<Record<string, readonly string[] | undefined>>): Record<string, unknown> {
  const query: [string, unknown][] = [];
  const tags: { key: string; value: string }[] = [];
  for (const [name, values = []] of Object.entries(parameters)) {
    const [value = "", ...more] = values;
    if (`${name}${value}`.includes(replacementCharacter)) throw invalidField("", "wrong-encoding");
    const key = tagKeyOf(name);
    const isRepeated = more.length > 0 || tags.some((tag) => tag.key === key);
    if (isRepeated) throw invalidField(namedPointer(name), "duplicate-parameter");
    // `tags` is our name for the collected parameters, and not a parameter itself.
    if (name === "tags") throw invalidField(namedPointer(name), "unknown-field");
    if (key === undefined) query.push([name, value]);
    else tags.push({ key, value });
  }
  if (tags.length > 0) query.push(["tags", tags]);
  return Object.fromEntries(query);
}

/**
 * The key of `tag[KEY]`, as generated clients write it, or of `tag.KEY`. A key in brackets may hold anything; after the
 * dot it has no brackets, so that `tag.KEY[env]` is an unknown parameter rather than a tag that no instance has.
 */
function tagKeyOf(name: string): string | undefined {
  const [, inBrackets, afterDot] = /^tag(?:\[(.*)\]|\.([^[\]]*))$/s.exec(name) ?? [];
  return inBrackets ?? afterDot;
}

/** If the body is optional, an absent one is an empty object, with any content type. */
function readBody({ isBodyOptional = false }: ApiRoute, event: APIGatewayProxyEvent): unknown {
  return isBodyOptional && isEmpty(event) ? {} : readJsonBody(event);
}

function refuseBody(event: APIGatewayProxyEvent): undefined {
  if (!isEmpty(event)) throw invalidField("", "body-not-taken");
  return undefined;
}

const isEmpty = ({ body }: APIGatewayProxyEvent) => body === null || body === "";
