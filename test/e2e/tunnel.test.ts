import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { LoggedCall } from "../../local/aws/call-log.ts";
import { makeAccessRequest, review } from "../support/access-client.ts";
import { fleet, makeConnection } from "../support/api-client.ts";
import { clientEnvironment, runClient, useClientHome } from "../support/client-process.ts";
import { presignUrl } from "../support/sigv4-signer.ts";
import { run, runSsh, useKeyPair } from "../support/ssh-client.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { throughTunnel, tryTunnel } from "../support/tunnel.ts";

describe("a connection through an Instance Connect Endpoint", () => {
  const local = useLocalStack();
  const key = useKeyPair();
  const connect = async (body: object = {}, instanceId: string = fleet.db1) => {
    const made = await makeConnection(local.stack.url, "alice", instanceId, { publicKey: key.pair.publicKey, ...body });
    if (!made.tunnel) throw new Error("The response has no tunnel");
    return { ...made, tunnel: made.tunnel };
  };

  afterEach(() => local.clock.reset());

  test("the stock client runs a command on a private instance, with a short script as its ProxyCommand", async () => {
    const made = await connect();
    expect(made).toMatchObject({ connectionType: "eice", host: "10.0.1.20", port: 22 });
    const result = await runSsh(made, key.pair, "echo through the tunnel", throughTunnel(made.tunnel.url));
    expect(result).toMatchObject({ code: 0, stdout: "through the tunnel\n" });
  });

  test("reaches an instance with a public address too", async () => {
    // Its tag names the port of its login server, so the port has to be explicit.
    const made = await connect({ connectionType: "eice", port: 22 }, fleet.web1);
    expect(await runSsh(made, key.pair, "true", throughTunnel(made.tunnel.url))).toMatchObject({ code: 0 });
  });

  test("the tunnel lasts as long as requested", async () => {
    const { tunnel } = await connect({ maxTunnelSeconds: 120 });
    expect(tunnel.maxDurationSeconds).toBe(120);
    expect(new URL(tunnel.url).searchParams.get("maxTunnelDuration")).toBe("120");
  });

  test("the tunnel ends with its access request, even if it is opened just before its URL expires", async () => {
    const { id } = await makeAccessRequest(local.stack.url, "dave", { durationSeconds: 100 });
    expect(await review(local.stack.url, "bob", id, "approve")).toMatchObject({ status: 201 });
    const made = await makeConnection(local.stack.url, "dave", fleet.prod1, { publicKey: key.pair.publicKey });
    expect(made.accessRequestId).toBe(id);
    const { maxDurationSeconds = 0, url = "", expiresAt = "" } = made.tunnel ?? {};
    expect(maxDurationSeconds).toBeGreaterThan(0);
    expect(Date.parse(expiresAt) + maxDurationSeconds * 1000).toBeLessThanOrEqual(
      Date.parse(made.accessExpiresAt ?? ""),
    );
    expect(new URL(url).searchParams.get("maxTunnelDuration")).toBe(String(maxDurationSeconds));
    expect(await runSsh(made, key.pair, "true", throughTunnel(url))).toMatchObject({ code: 0 });
  });

  test.each([
    ["another address", "privateIpAddress", "10.0.0.10"],
    ["another port", "remotePort", "3389"],
    ["another endpoint", "instanceConnectEndpointId", "eice-0fedcba9876543210"],
    ["a longer duration", "maxTunnelDuration", "3600"],
    ["a shorter duration", "maxTunnelDuration", "1"],
    ["a longer life of the URL", "X-Amz-Expires", "3600"],
  ])("the URL is refused with %s", async (_, parameter, value) => {
    const { tunnel } = await connect();
    const url = new URL(tunnel.url);
    url.searchParams.set(parameter, value);
    expect(await tryTunnel(url.href)).toMatchObject({ opened: false, status: 403 });
    expect(await tryTunnel(tunnel.url)).toEqual({ opened: true });
  });

  test("the URL is refused after its sixty seconds", async () => {
    const { tunnel } = await connect();
    local.clock.advance(61);
    expect(await tryTunnel(tunnel.url)).toMatchObject({ opened: false, status: 403 });
  });

  describe("the command", () => {
    const home = useClientHome();
    const options = () => ({ as: "alice", stack: local.stack, home: home.directory });

    test.each([
      ["directly", "web-1"],
      ["through a tunnel", "db-1"],
    ])("latchkey ssh logs in %s, and leaves nothing behind but its bytecode", async (_, name) => {
      const result = await runClient(["ssh", name, "--", "cat; exit 7"], { ...options(), stdin: "to and fro" });
      expect(result).toEqual({ stdout: "to and fro", stderr: "", exitCode: 7 });
      const left = await readdir(home.directory, { recursive: true, withFileTypes: true });
      const files = left.filter((entry) => entry.isFile()).map((entry) => entry.name);
      expect(files.filter((file) => !/^code-(?:ssh|tunnel)-/.test(file))).toEqual([]);
    });

    test("latchkey tunnel --listen joins each connection to the instance, until Ctrl-C", async () => {
      const args = ["tunnel", "db-1", "--listen", "0", "--identity", `${key.pair.file}.pub`];
      const client = spawn("latchkey", args, {
        env: clientEnvironment(options()),
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = once(client, "close");
      const port = /^127\.0\.0\.1:([0-9]+)\n$/.exec(`${await once(client.stdout, "data")}`)?.[1] ?? "";
      const unknownHost = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"];
      const login = ["-F", "/dev/null", "-i", key.pair.file, "-p", port, ...unknownHost, "ec2-user@127.0.0.1"];
      expect(await run("ssh", [...login, "echo in"])).toMatchObject({ code: 0, stdout: "in\n" });
      client.kill("SIGINT");
      expect(await ended).toEqual([130, null]);
    });
  });

  describe("the credentials that signed it", () => {
    const target = {
      instanceConnectEndpointId: "eice-0123456789abcdef0",
      remotePort: "22",
      privateIpAddress: "10.0.1.20",
      maxTunnelDuration: "900",
    };

    /** Signs a tunnel URL of one's own with the credentials that STS gave for the last tunnel. */
    const sign = async (changes: Partial<typeof target>) => {
      const { issued } = lastTunnelSession(local.stack.log.calls);
      const origin = local.stack.endpoints["AWS_ENDPOINT_URL_OPEN_TUNNEL"]?.replace("ws:", "http:");
      const url = `${origin}/openTunnel?${new URLSearchParams({ ...target, ...changes })}`;
      const service = "ec2-instance-connect";
      const request = { method: "GET", url, ...issued, service, region: "us-east-1", now: local.clock.now() };
      return (await presignUrl({ ...request, expiresIn: 60 })).replace("http:", "ws:");
    };

    test.each([
      ["another address", { privateIpAddress: "10.0.0.10" }],
      ["another port", { remotePort: "3389" }],
      ["another endpoint", { instanceConnectEndpointId: "eice-0fedcba9876543210" }],
      ["another duration", { maxTunnelDuration: "901" }],
    ])("open no tunnel with %s", async (_, changes) => {
      await connect();
      expect(await tryTunnel(await sign(changes))).toEqual({
        opened: false,
        status: 403,
        error: { ErrorCode: "AccessDenied", Message: "Not authorized to open this tunnel" },
      });
    });

    test("open the one that they were made for, until a minute after the request's deadline", async () => {
      await connect();
      local.clock.advance(59);
      expect(await tryTunnel(await sign({}))).toEqual({ opened: true });
      local.clock.advance(16);
      expect(await tryTunnel(await sign({}))).toMatchObject({ opened: false, status: 403 });
    });
  });
});

interface Issued {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

function lastTunnelSession(calls: readonly LoggedCall[]): { issued: Issued } {
  const sessions = calls.filter(
    ({ operation, request }) => operation === "AssumeRole" && JSON.stringify(request).includes("OpenTunnel"),
  );
  // The stand-in of STS notes what it has issued.
  return sessions.at(-1)?.request as { issued: Issued };
}
