import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { problems } from "../../contract/problem.ts";
import { type ApiRoute, routes } from "../../contract/routes.ts";
import { parseRequest } from "../../lambda/http/parse-request.ts";
import { respondProblem } from "../../lambda/http/respond.ts";
import { Problem } from "../../lambda/shared/problem.ts";
import { testProperty } from "../support/property.ts";
import { restEvent } from "../support/rest-event.ts";

const runs = { small: 100, large: 20_000 };
const pathParameters = { instanceId: "i-0a1b2c3d" };

/** Stands in the input wherever a caller can put something. A name with it is no name that a problem repeats. */
const marker = "Zq7 Echo";
const marked = fc.string({ unit: "binary", maxLength: 20 }).map((text) => `${text}${marker}`);

const names = [
  "publicKey",
  "osUser",
  "connectionType",
  "ipAddress",
  "endpointId",
  "port",
  "maxTunnelSeconds",
  "reason",
];
const markedValue = fc.oneof(
  marked,
  fc.array(fc.oneof(marked, fc.jsonValue())),
  fc.dictionary(marked, fc.jsonValue(), { minKeys: 1 }),
);
const markedJson = fc
  .dictionary(fc.oneof(marked, fc.constantFrom(...names)), markedValue, { minKeys: 1 })
  .map((body) => JSON.stringify({ ...body, [marker]: marker }));

const bytesOf = (text: fc.Arbitrary<string>) => text.map((some) => Buffer.from(some));
const structure = fc.constantFrom('{"', '"', '":', ",", "}", "[", "]", "\\u", "\0", "\uFEFF", ...names, marker);
/** Bytes that are no text, text that is no JSON, and JSON that is no request. */
const anyBytes = fc.oneof(
  fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 40 }).map((some) => Buffer.from(some)),
        bytesOf(structure),
      ),
    )
    .map((parts) => Buffer.concat(parts)),
  bytesOf(marked),
  bytesOf(markedJson),
  fc.integer({ min: 8000, max: 9000 }).map((length) => Buffer.alloc(length, marker)),
);

/** The whole problem response to an invalid request, with headers, or undefined for a valid one. Throws other errors. */
function refusal(route: ApiRoute, request: Partial<Parameters<typeof restEvent>[0]>): string | undefined {
  const event = restEvent({ resource: route.path, method: route.method, ...request });
  try {
    parseRequest(route, event);
    return undefined;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(problems[error.code].status).toBeLessThan(500);
    return JSON.stringify(respondProblem(error, "request-1"));
  }
}

describe("a request of any bytes", () => {
  testProperty(
    "with any body is valid or gets a 4xx problem that does not repeat it",
    runs,
    fc.property(
      anyBytes,
      fc.constantFrom("base64", "utf8", "latin1"),
      fc.boolean(),
      (bytes, encoding, isBase64Encoded) => {
        const body = { body: bytes.toString(encoding), isBase64Encoded };
        for (const response of [
          refusal(routes.createConnection, { pathParameters, ...body }),
          refusal(routes.decide, body),
        ]) {
          expect(response ?? "").not.toContain(marker);
        }
      },
    ),
  );

  testProperty(
    "with any query is valid or gets a 4xx problem that does not repeat it",
    runs,
    fc.property(
      fc.dictionary(
        fc.oneof(
          marked,
          fc.constantFrom("limit", "cursor", "region"),
          marked.map((key) => `tag.${key}`),
        ),
        fc.array(marked, { minLength: 1, maxLength: 3 }),
      ),
      (query) => {
        expect(refusal(routes.listInstances, { query }) ?? "").not.toContain(marker);
      },
    ),
  );

  testProperty(
    "with any instance id in its path gets a 4xx problem that does not repeat it",
    runs,
    fc.property(
      fc.oneof(
        marked,
        marked.map((text) => `%${text}`),
        marked.map((text) => encodeURIComponent(text.toWellFormed())),
      ),
      (instanceId) => {
        expect(refusal(routes.getInstance, { pathParameters: { instanceId } })).not.toContain(marker);
      },
    ),
  );
});
