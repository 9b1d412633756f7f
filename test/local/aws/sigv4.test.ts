import { describe, expect, test } from "@jest/globals";
import { type Secret, type SignedRequest, verifySignature } from "../../../local/aws/sigv4.ts";
import { presignUrl, signRequest } from "../../support/sigv4-signer.ts";

const NOW = new Date("2026-01-02T03:04:05Z");
const SCOPE = { region: "us-east-1", service: "execute-api" };
const SECRETS: Readonly<Record<string, Secret>> = {
  alice: { secretAccessKey: "alice" },
  ASIALATCHKEY: { secretAccessKey: "temporary", sessionToken: "token/of+the=session" },
};
const ALICE = { ...SCOPE, accessKeyId: "alice", secretAccessKey: "alice", now: NOW };
const SESSION = { ...SCOPE, accessKeyId: "ASIALATCHKEY", secretAccessKey: "temporary", now: NOW };
const ORIGIN = "http://127.0.0.1:8080";

const findSecret = (accessKeyId: string) => (Object.hasOwn(SECRETS, accessKeyId) ? SECRETS[accessKeyId] : undefined);
const verify = (request: SignedRequest, now = NOW) => verifySignature(request, SCOPE, findSecret, now);
const later = (seconds: number, from = NOW) => new Date(from.getTime() + seconds * 1000);
const targetOf = (url: string) => url.slice(url.indexOf("/", url.indexOf("//") + 2));
const bytes = (text: string) => new TextEncoder().encode(text);

const VERIFIED = { kind: "verified", accessKeyId: "alice", region: "us-east-1", presigned: false };
const MISMATCH = "The signature does not match: check the secret access key and the way the request is signed.";
const UNSORTED =
  "The signature does not match: sort the query parameters by name before signing, and percent-encode them.";

/** A request signed as the SDK signs it. */
async function signed(method: string, target: string, body = "", headers = {}, signer = ALICE): Promise<SignedRequest> {
  const url = `${ORIGIN}${target}`;
  const signedHeaders = await signRequest({ ...signer, method, url, headers, body });
  return { method, target, headers: signedHeaders, body: bytes(body) };
}

/** A URL presigned as the SDK presigns it, for a minute. */
async function presigned(target = "/openTunnel?remotePort=22", signer = SESSION): Promise<SignedRequest> {
  const sessionToken = SECRETS["ASIALATCHKEY"]?.sessionToken ?? "";
  const url = await presignUrl({ ...signer, sessionToken, method: "GET", url: `${ORIGIN}${target}`, expiresIn: 60 });
  return { method: "GET", target: targetOf(url), headers: { host: "127.0.0.1:8080" }, body: bytes("") };
}

describe("what the SDK signs is verified", () => {
  const REQUESTS: [
    sentence: string,
    method: string,
    target: string,
    body?: string,
    headers?: Record<string, string>,
  ][] = [
    ["a bare path", "GET", "/v1/whoami"],
    ["an escaped path, which is escaped once more", "GET", "/v1/instances/a%20b%2Fc%3A"],
    ["a path of characters that must be escaped", "GET", "/v1/a:b@c/d+e,f;g=h"],
    ["a trailing slash", "GET", "/v1/instances/"],
    ["a query in order", "GET", "/v1/instances?limit=5&tag.env=dev"],
    ["a query out of order", "GET", "/v1/instances?tag.env=dev&limit=5"],
    ["a name that is the beginning of another", "GET", "/v1/instances?tag-b=1&tag.b=2&tag=3"],
    ["a name given twice, its values out of order", "GET", "/v1/instances?tag=b&tag=a"],
    ["a name without a value", "GET", "/v1/instances?flag&name="],
    ["escapes in lower case, and of what needs none", "GET", "/v1/instances?name=%7eweb%2d1%2f"],
    ["a plus, which in a query is a space", "GET", "/v1/instances?name=a+b%2Bc"],
    ["UTF-8 and characters that JavaScript leaves alone", "GET", "/v1/instances?tag.%C3%A9=(it's)*!"],
    [
      "a JSON body",
      "POST",
      "/v1/decisions",
      '{"instanceId":"i-0123456789abcdef0"}',
      { "content-type": "application/json" },
    ],
    ["header values with runs of spaces", "GET", "/v1/whoami", "", { "x-amz-meta": "  a   b  " }],
  ];
  test.each(REQUESTS)("%s", async (_, method, target, body = "", headers = {}) => {
    expect(verify(await signed(method, target, body, headers))).toEqual(VERIFIED);
  });
  test("temporary credentials with their session token", async () => {
    const signer = { ...SESSION, sessionToken: "token/of+the=session" };
    const verdict = verify(await signed("GET", "/v1/whoami", "", {}, signer));
    expect(verdict).toEqual({ kind: "verified", accessKeyId: "ASIALATCHKEY", region: "us-east-1", presigned: false });
  });
  test("a presigned URL with its session token", async () => {
    expect(verify(await presigned())).toEqual({
      kind: "verified",
      accessKeyId: "ASIALATCHKEY",
      region: "us-east-1",
      presigned: true,
    });
  });
  test("a content-type that was set after signing: AWS wants host and x-amz-* signed, no more", async () => {
    const request = await signed("POST", "/v1/decisions", "{}");
    expect(verify({ ...request, headers: { ...request.headers, "content-type": "text/plain" } })).toEqual(VERIFIED);
  });
});

/** Requests and signatures of AWS's own test suite (aws-c-auth, tests/aws-signing-test-suite/v4), which no SDK made here. */
describe("what AWS's test suite signs is verified", () => {
  const at = "20150830T123600Z";
  const secret = { secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
  const token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
  const CASES: [
    name: string,
    target: string,
    headers: Record<string, string>,
    signature: string,
    sessionToken?: string,
  ][] = [
    ["get-vanilla", "/", {}, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    [
      "get-relative-relative-normalized",
      "/example1/example2/../..",
      {},
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ],
    [
      "get-slash-pointless-dot-normalized",
      "/./example",
      {},
      "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
    ],
    ["get-slashes-normalized", "//example//", {}, "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"],
    [
      "get-vanilla-query-order-key-case",
      "/?Param2=value2&Param1=value1",
      {},
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ],
    [
      "get-vanilla-query-order-encoded",
      "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
      {},
      "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
    ],
    [
      "get-vanilla-utf8-query, as HTTP sends it",
      "/?%E1%88%B4=bar",
      {},
      "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
    ],
    [
      "get-header-value-order",
      "/",
      { "my-header1": "value4,value1,value3,value2" },
      "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
    ],
    [
      "get-header-value-trim",
      "/",
      { "my-header1": " value1", "my-header2": ' "a   b   c"' },
      "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ],
    [
      "get-vanilla-with-session-token",
      "/",
      { "x-amz-security-token": token },
      "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
      token,
    ],
  ];
  test.each(CASES)("%s", (_, target, extra, signature, sessionToken = "") => {
    const headers = { host: "example.amazonaws.com", "x-amz-date": at, ...extra };
    const authorization = `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${Object.keys(headers).sort().join(";")}, Signature=${signature}`;
    const verdict = verifySignature(
      { method: "GET", target, headers: { ...headers, authorization }, body: bytes("") },
      { region: "us-east-1", service: "service" },
      () => (sessionToken === "" ? secret : { ...secret, sessionToken }),
      new Date("2015-08-30T12:36:00Z"),
    );
    expect(verdict).toEqual({ kind: "verified", accessKeyId: "AKIDEXAMPLE", region: "us-east-1", presigned: false });
  });
  test("get-vanilla of the suite of 2011, dated by the Date header alone", () => {
    const headers = {
      host: "host.foo.com",
      date: "Mon, 09 Sep 2011 23:36:00 GMT",
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20110909/us-east-1/host/aws4_request, SignedHeaders=date;host, Signature=b27ccfbfa7df52a200ff74193ca6e32d4b48b8856fab7ebf1c595d0670a7e470",
    };
    const request = { method: "GET", target: "/", headers, body: bytes("") };
    const scope = { region: "us-east-1", service: "host" };
    const verdict = verifySignature(request, scope, () => secret, new Date("2011-09-09T23:36:00Z"));
    expect(verdict).toEqual({ kind: "verified", accessKeyId: "AKIDEXAMPLE", region: "us-east-1", presigned: false });
  });
});

type Change = (request: SignedRequest) => SignedRequest;
const withHeader =
  (name: string, value: string): Change =>
  (request) => ({ ...request, headers: { ...request.headers, [name]: value } });
const withoutHeader =
  (name: string): Change =>
  ({ headers: { [name]: _, ...headers }, ...request }) => ({ ...request, headers });
const inAuthorization =
  (part: string | RegExp, other: string): Change =>
  (request) =>
    withHeader("authorization", `${request.headers["authorization"]}`.replace(part, other))(request);
const inTarget =
  (part: string | RegExp, other: string): Change =>
  (request) => ({ ...request, target: request.target.replace(part, other) });

describe("a request signed in its header is refused", () => {
  const REFUSALS: [sentence: string, change: Change, reason: string | RegExp][] = [
    ["with another method", (r) => ({ ...r, method: "PUT" }), MISMATCH],
    ["with another path", inTarget("/v1/decisions", "/v1/decision"), MISMATCH],
    ["with another query value", inTarget("a=1", "a=2"), MISMATCH],
    ["with one more query parameter", inTarget("a=1", "a=1&c=3"), MISMATCH],
    ["with another host", withHeader("host", "127.0.0.1:8081"), MISMATCH],
    ["with another signed header value", withHeader("content-type", "text/plain"), MISMATCH],
    ["with another signature", inAuthorization(/Signature=./, "Signature=x"), MISMATCH],
    ["with a signature cut short", inAuthorization(/.$/, ""), MISMATCH],
    ["with a signature in upper case", inAuthorization(/Signature=.*/, "Signature=AB"), MISMATCH],
    ["with somebody else's access key id", inAuthorization("=alice/", "=ASIALATCHKEY/"), /session token is missing/],
    ["with an unknown access key id", inAuthorization("=alice/", "=mallory/"), /unknown/],
    ["with an access key id that every object has", inAuthorization("=alice/", "=constructor/"), /unknown/],
    ["with another body", (r) => ({ ...r, body: bytes("{ }") }), /SHA-256 of the body/],
    [
      "with another body and no hash of it in a header",
      (r) =>
        inAuthorization(
          "x-amz-content-sha256;",
          "",
        )(withoutHeader("x-amz-content-sha256")({ ...r, body: bytes("{ }") })),
      MISMATCH,
    ],
    ["with an unsigned payload", withHeader("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), /Only Amazon S3/],
    [
      "with a body in signed chunks",
      withHeader("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
      /SHA-256 of the body/,
    ],
    ["in another region", inAuthorization("us-east-1", "eu-west-1"), /region us-east-1/],
    ["for another service", inAuthorization("execute-api", "ec2"), /service execute-api/],
    ["with another terminator", inAuthorization("aws4_request", "aws5_request"), /end in aws4_request/],
    ["with another day in its scope", inAuthorization("20260102", "20260103"), /the day of the request's date/],
    ["with a scope of four parts", inAuthorization("/execute-api", ""), /ACCESS_KEY_ID/],
    ["with a scope of six parts", inAuthorization("/execute-api", "/execute-api/x"), /ACCESS_KEY_ID/],
    ["with an empty access key id", inAuthorization("=alice/", "=/"), /ACCESS_KEY_ID/],
    ["without host among the signed headers", inAuthorization("host;", ""), /host header must be signed/],
    [
      "without its x-amz-date among them",
      inAuthorization(";x-amz-date", ""),
      /x-amz-\* header of the request must be signed/,
    ],
    [
      "with an x-amz-* header slipped in",
      withHeader("x-amz-security-token", "x"),
      /x-amz-\* header of the request must be signed/,
    ],
    ["without a header that it signed", withoutHeader("content-type"), /must be in the request/],
    [
      "with a signed header that every object has",
      inAuthorization("=content-type", "=constructor;content-type"),
      /must be in the request/,
    ],
    [
      "with its signed headers out of order",
      inAuthorization("content-type;host", "host;content-type"),
      /in order, each once/,
    ],
    ["with a signed header twice", inAuthorization("host;", "host;host;"), /in order, each once/],
    ["with a signed header in upper case", inAuthorization("content-type;", "Content-Type;"), /lower-case/],
    ["with an empty name among them", inAuthorization("=content-type", "=;content-type"), /lower-case/],
    ["without Credential", inAuthorization(/Credential=[^,]+, /, ""), /each once/],
    ["without SignedHeaders", inAuthorization(/SignedHeaders=[^,]+, /, ""), /each once/],
    ["without Signature", inAuthorization(/, Signature=.*/, ""), /each once/],
    ["with Signature twice", inAuthorization(/$/, ", Signature=00"), /each once/],
    ["with a field that does not belong there", inAuthorization(/$/, ", Expires=60"), /each once/],
    [
      "with a second Authorization header",
      (r) => withHeader("authorization", `${r.headers["authorization"]},${r.headers["authorization"]}`)(r),
      /each once/,
    ],
    ["with an algorithm of another size", inAuthorization("SHA256", "SHA512"), /must use AWS4-HMAC-SHA256/],
    ["with a bearer token", withHeader("authorization", "Bearer eyJ"), /must use AWS4-HMAC-SHA256/],
    ["with an empty Authorization header", withHeader("authorization", ""), /must use AWS4-HMAC-SHA256/],
    [
      "with a Date in words alone",
      (r) => withHeader("date", "today")(withoutHeader("x-amz-date")(r)),
      /X-Amz-Date header/,
    ],
    [
      "with a Date that ends as JavaScript writes an invalid one",
      (r) => withHeader("date", "Fri, id Date")(withoutHeader("x-amz-date")(r)),
      /X-Amz-Date header/,
    ],
    ["without any date", withoutHeader("x-amz-date"), /X-Amz-Date header/],
    ["with a date on no calendar", withHeader("x-amz-date", "20260230T030405Z"), /X-Amz-Date header/],
    ["with a date in another form", withHeader("x-amz-date", "2026-01-02T03:04:05Z"), /X-Amz-Date header/],
    ["with two dates", withHeader("x-amz-date", "20260102T030405Z,20260102T030405Z"), /X-Amz-Date header/],
    ["with X-Amz-Date moved by a second", withHeader("x-amz-date", "20260102T030406Z"), MISMATCH],
    ["when the query is signed too", inTarget("a=1", "a=1&X-Amz-Signature=00"), /not in both/],
    ["with a stray % in the query", inTarget("a=1", "a=%1"), /percent-escapes/],
    ["with a stray % in the path", inTarget("/v1", "/v1/%zz"), /percent-escapes/],
    ["with a target that is no path", inTarget("/v1", "http://127.0.0.1/v1"), /must be a path/],
    ["with a space in its target", inTarget("a=1", "a= 1"), /printable ASCII/],
    ["with bytes over ASCII in its target", inTarget("a=1", "a=\u00e9"), /printable ASCII/],
  ];
  test.each(REFUSALS)("%s", async (_, change, reason) => {
    const request = await signed("POST", "/v1/decisions?b=2&a=1", "{}", { "content-type": "application/json" });
    const verdict = verify(change(request));
    expect(verdict).toEqual({
      kind: "refused",
      reason: typeof reason === "string" ? reason : expect.stringMatching(reason),
    });
  });
  test.each([
    [301, /Signature expired/],
    [-301, /not yet current/],
  ])("%d seconds after it was dated", async (seconds, reason) => {
    const verdict = verify(await signed("GET", "/v1/whoami"), later(seconds));
    expect(verdict).toEqual({ kind: "refused", reason: expect.stringMatching(reason) });
  });
  test.each([300, -300])("but not %d seconds after", async (seconds) => {
    expect(verify(await signed("GET", "/v1/whoami"), later(seconds))).toEqual(VERIFIED);
  });
  test.each<[string, typeof ALICE & { sessionToken?: string }, RegExp]>([
    ["without its session token", SESSION, /session token is missing/],
    ["with another session token", { ...SESSION, sessionToken: "stolen" }, /does not belong/],
    ["with a session token that its key has not", { ...ALICE, sessionToken: "invented" }, /does not belong/],
  ])("%s", async (_, signer, reason) => {
    const verdict = verify(await signed("GET", "/v1/whoami", "", {}, signer));
    expect(verdict).toEqual({ kind: "refused", reason: expect.stringMatching(reason) });
  });
  test("with the wrong secret", async () => {
    const verdict = verify(await signed("GET", "/v1/whoami", "", {}, { ...ALICE, secretAccessKey: "bob" }));
    expect(verdict).toEqual({ kind: "refused", reason: MISMATCH });
  });
});

describe("a presigned URL is refused", () => {
  const REFUSALS: [sentence: string, change: Change, reason: string | RegExp][] = [
    ["with another method", (r) => ({ ...r, method: "POST" }), MISMATCH],
    ["with a body", (r) => ({ ...r, body: bytes("{}") }), MISMATCH],
    ["with another parameter", inTarget("remotePort=22", "remotePort=23"), MISMATCH],
    ["with a parameter twice", inTarget("remotePort=22", "remotePort=22&remotePort=22"), MISMATCH],
    ["without its session token", inTarget(/&X-Amz-Security-Token=[^&]+/, ""), /session token is missing/],
    ["with another session token", inTarget(/X-Amz-Security-Token=[^&]+/, "X-Amz-Security-Token=x"), /does not belong/],
    ["with an unsigned x-amz-* header", withHeader("x-amz-date", "20260102T030405Z"), /x-amz-\* header/],
    ["without host signed", inTarget("SignedHeaders=host", "SignedHeaders=accept"), /host header must be signed/],
    ["with another algorithm", inTarget("HMAC-SHA256", "ECDSA-P256-SHA256"), /X-Amz-Algorithm must be/],
    ["with an algorithm alone", inTarget(/\?.*/, "?X-Amz-Algorithm=AWS4-HMAC-SHA256"), /must have X-Amz-Credential/],
    ["with a signature alone", inTarget(/\?.*/, "?X-Amz-Signature=00"), /must have X-Amz-Algorithm/],
    ["without its date", inTarget(/&X-Amz-Date=[^&]+/, ""), /must have X-Amz-Date/],
    ["with a date that is none", inTarget(/X-Amz-Date=[^&]+/, "X-Amz-Date=now"), /X-Amz-Date must be/],
    ["without its lifetime", inTarget(/&X-Amz-Expires=\d+/, ""), /must have X-Amz-Expires/],
    ["without its signed headers", inTarget(/&X-Amz-SignedHeaders=host/, ""), /must have X-Amz-SignedHeaders/],
    ["without its signature", inTarget(/&X-Amz-Signature=[^&]+/, ""), /must have X-Amz-Signature/],
    ["with its signature twice", inTarget(/(&X-Amz-Signature=[^&]+)/, "$1$1"), /must not repeat X-Amz-Signature/],
    ["with its lifetime twice", inTarget(/(&X-Amz-Expires=\d+)/, "$1$1"), /must not repeat X-Amz-Expires/],
    ["with a lifetime of nothing", inTarget("Expires=60", "Expires=0"), /between 1 and 604800/],
    ["with a lifetime over a week", inTarget("Expires=60", "Expires=604801"), /between 1 and 604800/],
    ["with a lifetime that is no number", inTarget("Expires=60", "Expires=6e1"), /between 1 and 604800/],
    ["with a longer lifetime than was signed", inTarget("Expires=60", "Expires=604800"), MISMATCH],
    ["for another service", inTarget("%2Fexecute-api%2F", "%2Fec2%2F"), /service execute-api/],
    ["in another region", inTarget("us-east-1", "us-west-2"), /region us-east-1/],
  ];
  test.each(REFUSALS)("%s", async (_, change, reason) => {
    const verdict = verify(change(await presigned()));
    expect(verdict).toEqual({
      kind: "refused",
      reason: typeof reason === "string" ? reason : expect.stringMatching(reason),
    });
  });
});

describe("a request that does not claim to be signed", () => {
  test.each(["/v1/health", "/v1/health?X-Amz-Date=20260102T030405Z", "/v1/health?x-amz-signature=00", "/%zz"])(
    "%s",
    (target) => {
      expect(verify({ method: "GET", target, headers: { host: "127.0.0.1:8080" }, body: bytes("") })).toEqual({
        kind: "unsigned",
      });
    },
  );
});

describe("curl 7 signs the query as it stands", () => {
  /** What curl 7.88.1 sent for `--aws-sigv4 aws:amz:us-east-1:execute-api --user alice:alice` and this URL. */
  const recorded: SignedRequest = {
    method: "GET",
    target: "/v1/instances?tag.env=dev&limit=5",
    headers: {
      host: "127.0.0.1:38123",
      "x-amz-date": "20261122T140528Z",
      authorization:
        "AWS4-HMAC-SHA256 Credential=alice/20261122/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=1a23cfddcbc4612b7699238049684e4a8bb60d5c5953ec9d70f996940ab13bfe",
    },
    body: bytes(""),
  };
  const recordedAt = new Date("2026-11-22T14:05:28Z");
  test("which AWS refuses, and the reason says what to do", () => {
    expect(verify(recorded, recordedAt)).toEqual({ kind: "refused", reason: UNSORTED });
  });
  test("the hint is not given to a signature that matches neither way", () => {
    const altered = { ...recorded, target: recorded.target.replace("limit=5", "limit=6") };
    expect(verify(altered, recordedAt)).toEqual({ kind: "refused", reason: MISMATCH });
  });
});
