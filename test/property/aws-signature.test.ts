import { describe } from "@jest/globals";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { presignedUrl, signedHeaders } from "../../lambda/aws/sigv4.ts";
import { verifySignature } from "../../local/aws/sigv4.ts";
import { testProperty } from "../support/property.ts";
import { presignUrl, Sha256 } from "../support/sigv4-signer.ts";
import { must } from "./must.ts";

/** The helper that signs by the SDK takes no names that every object inherits. */
const parameter = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((name) => !(name in {}));
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const text = fc.string({ unit: "grapheme", maxLength: 40 });
const now = fc.date({ min: new Date("2020-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
const keys = fc.record(
  { accessKeyId: word, secretAccessKey: fc.string({ minLength: 1 }), sessionToken: fc.base64String({ minLength: 4 }) },
  { requiredKeys: ["accessKeyId", "secretAccessKey"] },
);
const scope = fc.record({ region: word, service: word });
/** Of visible characters and spaces, as a header may have. */
const value = fc.stringMatching(/^[ -~]{0,60}$/);
const headers = fc
  .dictionary(fc.stringMatching(/^x-[a-z0-9-]{1,20}$/), value)
  .map((others) => ({ host: "service.us-east-1.amazonaws.com", "user-agent": "latchkey", ...others }));
const segment = text.map((raw) => encodeURIComponent(raw)).filter((escaped) => !/^\.{0,2}$/.test(escaped));
const path = fc.array(segment, { maxLength: 3 }).map((segments) => `/${segments.join("/")}`);
const body = fc.oneof(text, fc.uint8Array({ maxLength: 40 }));

const signerOf = (credentials: object, { region, service }: { region: string; service: string }) =>
  new SignatureV4({
    credentials: credentials as { accessKeyId: string; secretAccessKey: string },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });

describe("a request is signed", () => {
  testProperty(
    "as the AWS SDK signs it",
    { small: 300, large: 50_000 },
    fc.asyncProperty(
      keys,
      scope,
      now,
      fc.record({ headers, path, body }),
      async (session, ofCall, signingDate, sent) => {
        const ours = signedHeaders({ method: "POST", ...sent }, session, ofCall, signingDate);
        const { host } = sent.headers;
        const theirs = await signerOf(session, ofCall).sign(
          { method: "POST", protocol: "https:", hostname: host, query: {}, ...sent, headers: { ...sent.headers } },
          { signingDate },
        );
        must(
          ours["authorization"] === theirs.headers["authorization"],
          JSON.stringify({ ours, theirs: theirs.headers }),
        );
      },
    ),
  );

  testProperty(
    "so that the local stack's verifier, written from AWS's documents, accepts it",
    { small: 300, large: 50_000 },
    fc.property(keys, scope, now, fc.record({ path, body }), (session, ofCall, at, sent) => {
      const request = { method: "POST", headers: { host: "h.example" }, ...sent };
      const signed = signedHeaders(request, session, ofCall, at);
      const bytes = typeof sent.body === "string" ? new TextEncoder().encode(sent.body) : sent.body;
      const received = { method: "POST", target: sent.path, headers: signed, body: bytes };
      const verdict = verifySignature(received, ofCall, () => session, at);
      must(verdict.kind === "verified", JSON.stringify(verdict));
    }),
  );
});

testProperty(
  "a URL is presigned as the AWS SDK presigns it",
  { small: 300, large: 50_000 },
  fc.asyncProperty(
    keys,
    scope,
    now,
    fc.record({
      query: fc.dictionary(parameter, text),
      expiresIn: fc.integer({ min: 1, max: 604_800 }),
    }),
    async (session, ofCall, at, { query, expiresIn }) => {
      const origin = "wss://eice-1.example.com";
      const ours = new URL(presignedUrl({ origin, path: "/openTunnel", query, expiresIn }, session, ofCall, at));
      const plain = new URL("/openTunnel", origin);
      for (const [name, each] of Object.entries(query)) plain.searchParams.set(name, each);
      const theirs = new URL(
        await presignUrl({ method: "GET", url: plain, ...session, ...ofCall, now: at, expiresIn }),
      );
      const signatures = [ours, theirs].map(({ searchParams }) => searchParams.get("X-Amz-Signature"));
      must(signatures[0] === signatures[1], `${ours} and ${theirs}`);
    },
  ),
);
