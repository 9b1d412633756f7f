import { execFile } from "node:child_process";
import type { LookupAddress } from "node:dns";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { guardedPost, type Network, PostFailure, publicInternet } from "../../../lambda/webhooks/guarded-post.ts";
import { isPublicAddress } from "../../../lambda/webhooks/public-address.ts";
import { at, reaching, startReceiver } from "./receiver.ts";

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.stop());
beforeEach(() => {
  receiver.posted.length = 0;
  receiver.connections = 0;
  receiver.respond = () => ({ status: 204 });
});

const message = { headers: { "webhook-id": "evt_1", "Content-Length": "2" }, body: "{}" };
const post = (network: Network, url = receiver.url, signal = new AbortController().signal) =>
  guardedPost(network, url, message, signal);
const refused = expect.objectContaining({ reason: "address-refused" });

describe("a URL that leads to this machine, its network or its metadata is refused", () => {
  test.each([
    "127.0.0.1",
    "localhost",
    "0x7f.1",
    "2130706433",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "127.1",
    "localhost.",
    "169.254.169.254",
    "[64:ff9b::7f00:1]",
    "[fd00:ec2::254]",
    "１２７.0.0.1",
  ])("https://%s/", async (host) => {
    const network = { ...publicInternet, authority: receiver.authority };
    const posting = post(network, `https://${host}:${receiver.port}/`);
    // Not every resolver knows this name.
    if (host === "localhost.") await expect(posting).rejects.toThrow(PostFailure);
    else await expect(posting).rejects.toEqual(refused);
    expect(receiver.connections).toBe(0);
  });
});

describe("an address is", () => {
  test.each([
    ...["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.255.255.255", "169.254.170.2", "172.31.255.255", "192.88.99.0"],
    ...["192.168.0.1", "198.18.0.1", "198.51.100.9", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255"],
    ...["::", "::1", "::ffff:10.0.0.1", "::ffff:0a00:1", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:db8::1"],
    ...["2002:a00:1::", "3fff::1", "fd00:ec2::254", "::ffff:0:7f00:1", "100:0:0:1::1", "fe80::1", "fec0::1", "ff02::1"],
    ...["", "localhost", "127.1", "8.8.8.8 ", "fe80::1%eth0"],
  ])("refused: %p", (address) => expect(isPublicAddress(address)).toBe(false));

  test.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "192.0.3.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"])(
    "public: %s",
    (address) => expect(isPublicAddress(address)).toBe(true),
  );
});

describe("a name is refused", () => {
  const answering = (addresses: readonly LookupAddress[]): Network => ({
    ...reaching(receiver),
    lookup: (_, __, callback) => callback(null, [...addresses]),
  });

  test("if any of its addresses is", async () => {
    await expect(post(answering([at("127.0.0.1"), at("10.0.0.1")]))).rejects.toEqual(refused);
    await expect(post(answering([at("10.0.0.1"), at("127.0.0.1")]))).rejects.toEqual(refused);
    expect(receiver.connections).toBe(0);
  });

  test("if it has none, or cannot be resolved", async () => {
    const unreachable = expect.objectContaining({ reason: "unreachable" });
    await expect(post(answering([]))).rejects.toEqual(unreachable);
    const failing: Network = {
      ...reaching(receiver),
      lookup: (_, __, callback) => callback(new Error("ENOTFOUND"), []),
    };
    await expect(post(failing)).rejects.toEqual(unreachable);
  });

  test("no more once it is connected to: it is resolved once, and rebinding it changes nothing", async () => {
    let lookups = 0;
    const rebinding: Network = {
      ...reaching(receiver),
      lookup: (_, __, callback) => callback(null, [at(++lookups === 1 ? "127.0.0.1" : "10.0.0.1")]),
    };
    expect(await post(rebinding)).toEqual({ status: 204, retryAfter: undefined });
    expect(lookups).toBe(1);
  });
});

describe("nothing is sent", () => {
  test("without TLS", async () => {
    await expect(post(reaching(receiver), receiver.url.replace("https", "http"))).rejects.toEqual(refused);
  });

  test.each(["1", "0"])(
    "to a receiver whose certificate nobody vouches for (NODE_TLS_REJECT_UNAUTHORIZED=%s)",
    async (rejecting) => {
      // A test's own variables are not those of its process.
      const module = path.resolve(import.meta.dirname, "../../../lambda/webhooks/guarded-post.ts");
      const program = `import { guardedPost } from ${JSON.stringify(module)};
      const lookup = (_, __, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]);
      const [url, message] = ${JSON.stringify([receiver.url, message])};
      const posting = guardedPost({ lookup, permits: () => true }, url, message, new AbortController().signal);
      console.log(await posting.then(({ status }) => status, ({ reason, cause }) => reason + " " + cause.code));`;
      const env = { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: rejecting };
      const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { env });
      expect((await run).stdout).toBe("unreachable DEPTH_ZERO_SELF_SIGNED_CERT\n");
      expect(receiver.posted).toEqual([]);
    },
  );

  test("to a port where nobody listens", async () => {
    await expect(post(reaching(receiver), "https://localhost:1/")).rejects.toMatchObject({ reason: "unreachable" });
  });
});

describe("the receiver", () => {
  test("gets one POST with headers and body", async () => {
    await post(reaching(receiver));
    expect(receiver.posted).toMatchObject([
      { method: "POST", path: "/hook", headers: { "webhook-id": "evt_1" }, body: "{}" },
    ]);
  });

  test.each([301, 302, 307, 308])("is not followed to another place by a %i", async (status) => {
    receiver.respond = () => ({ status, headers: { Location: receiver.url } });
    expect(await post(reaching(receiver))).toEqual({ status, retryAfter: undefined });
    expect(receiver.posted).toHaveLength(1);
  });

  test("says when to come back", async () => {
    receiver.respond = () => ({ status: 429, headers: { "Retry-After": "60" } });
    expect(await post(reaching(receiver))).toEqual({ status: 429, retryAfter: "60" });
  });

  test("is given up if it hangs", async () => {
    const deadline = new AbortController();
    receiver.respond = () => {
      deadline.abort();
      return undefined;
    };
    await expect(post(reaching(receiver), receiver.url, deadline.signal)).rejects.toMatchObject({
      reason: "timed-out",
    });
  });
});
