import fc from "fast-check";
import { nodeCrypto } from "../../client/api/node-crypto.ts";
import { verifySignature } from "../../local/aws/sigv4.ts";
import contract from "../../sdk/contract.ts";
import { requestOf } from "../../sdk/request.ts";
import { signedHeaders } from "../../sdk/sigv4.ts";
import { testProperty } from "../support/property.ts";
import { must } from "./must.ts";

const scope = {
  region: "us-east-1",
  service: "execute-api",
  now: new Date("2026-01-02T03:04:05Z"),
  crypto: nodeCrypto,
};
const credentials = { accessKeyId: "alice", secretAccessKey: "alice" };

const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => !/^\.{1,2}$/.test(value));

testProperty(
  "the client's signature is accepted for any path, query and body",
  { small: 250, large: 100_000 },
  fc.asyncProperty(text, fc.dictionary(text, text), fc.string({ unit: "grapheme" }), async (id, query, body) => {
    const { url } = requestOf("https://latchkey.example.com/live", contract.routes.getAccessRequest, { ...query, id });
    const headers = { ...(await signedHeaders({ method: "POST", url, body }, credentials, scope)), host: url.host };
    const target = url.href.slice(url.origin.length);
    const request = { method: "POST", target, headers, body: new TextEncoder().encode(body) };
    const verdict = verifySignature(request, scope, () => credentials, scope.now);
    must(verdict.kind === "verified", JSON.stringify(verdict));
  }),
);
