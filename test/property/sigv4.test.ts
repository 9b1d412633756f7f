import { describe, expect } from "@jest/globals";
import fc from "fast-check";
import { verifySignature } from "../../local/aws/sigv4.ts";
import { testProperty } from "../support/property.ts";

const now = new Date("2026-01-02T03:04:05Z");
const scope = { region: "us-east-1", service: "execute-api" };
const findSecret = () => ({ secretAccessKey: "secret" });

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("%", "%zz", "%ff", "__proto__", "constructor", "\0", "", "host", "9".repeat(9)),
);
/** What belongs there, but for now and then, as one fault hides all that are found later. */
const mostly = (wellFormed: string) => fc.oneof({ weight: 9, arbitrary: fc.constant(wellFormed) }, hostile);

const date = mostly("20260102T030405Z");
const claim = {
  algorithm: mostly("AWS4-HMAC-SHA256"),
  credential: mostly("alice/20260102/us-east-1/execute-api/aws4_request"),
  signedHeaders: mostly("host"),
  signature: mostly("0".repeat(64)),
};
const header = fc
  .record(claim)
  .map(
    (made) =>
      `${made.algorithm} Credential=${made.credential}, SignedHeaders=${made.signedHeaders}, Signature=${made.signature}`,
  );
const query = fc
  .record({ ...claim, date, expires: mostly("60"), more: mostly("limit=5") })
  .map(({ algorithm, credential, signedHeaders, signature, date: time, expires, more }) =>
    [
      `X-Amz-Algorithm=${algorithm}`,
      `X-Amz-Credential=${credential}`,
      `X-Amz-SignedHeaders=${signedHeaders}`,
      `X-Amz-Signature=${signature}`,
      `X-Amz-Date=${time}`,
      `X-Amz-Expires=${expires}`,
      more,
    ].join("&"),
  );

const presigned = fc.record({ target: query.map((search) => `/v1?${search}`), headers: fc.constant({ host: "h" }) });
const signed = fc.record({
  target: mostly("/v1"),
  headers: fc
    .record({ authorization: header, date, name: hostile, value: hostile })
    .map(({ date: time, name, value, ...rest }) => ({ host: "h", ...rest, "x-amz-date": time, [name]: value })),
});

describe("signatures that nobody made", () => {
  testProperty(
    "none is verified, none makes the verifier throw, and no reason repeats the request",
    { small: 200, large: 20_000 },
    fc.property(fc.oneof(presigned, signed), hostile, (request, body) => {
      const whole = { ...request, method: "GET", body: new TextEncoder().encode(body) };
      const verdict = verifySignature(whole, scope, findSecret, now);
      expect(verdict.kind).not.toBe("verified");
      if (verdict.kind === "refused") expect(verdict.reason).toMatch(/^[A-Za-z].{10,150}\.$/);
    }),
  );
});
