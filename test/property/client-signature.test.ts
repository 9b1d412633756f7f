import fc from "fast-check";
import { requestUrl } from "../../client/api/request-url.ts";
import { verifySignature } from "../../local/aws/sigv4.ts";
import { signedHeaders } from "../../sdk/sigv4.ts";
import { testProperty } from "../support/property.ts";
import { must } from "./must.ts";

const scope = { region: "us-east-1", service: "execute-api", now: new Date("2026-01-02T03:04:05Z") };
const credentials = { accessKeyId: "alice", secretAccessKey: "alice" };

const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((value) => !/^\.{1,2}$/.test(value));

testProperty(
  "whatever stands in path, query and body, the client's signature is taken",
  { small: 500, large: 100_000 },
  fc.property(text, fc.dictionary(text, text), fc.string({ unit: "grapheme" }), (id, query, body) => {
    const url = requestUrl("https://latchkey.example.com/live", "/v1/access-requests/{id}/reviews", {
      params: { id },
      query,
    });
    const headers = { ...signedHeaders({ method: "POST", url, body }, credentials, scope), host: url.host };
    const target = url.href.slice(url.origin.length);
    const request = { method: "POST", target, headers, body: new TextEncoder().encode(body) };
    const verdict = verifySignature(request, scope, () => credentials, scope.now);
    must(verdict.kind === "verified", JSON.stringify(verdict));
  }),
);
