import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createSite } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { clientEnvironment, useClientHome } from "../../../support/client-process.ts";
import { freePort } from "../../../support/free-port.ts";
import { run } from "../../../support/ssh-client.ts";
import type { TestStack } from "../../../support/test-stack.ts";

/** Ports of an instance, reached on this machine: by the AWS CLI's option, and by ssh's own. */
export function describeForwarding(local: TestStack): void {
  const home = useClientHome();
  /** On the instance, which is this machine: gives back in capitals what it is sent. */
  let service: Server;
  let port: number;

  beforeAll(async () => {
    service = createServer({ allowHalfOpen: true }, async (socket) => socket.end((await text(socket)).toUpperCase()));
    service.listen(0, "127.0.0.1");
    await once(service, "listening");
    port = (service.address() as AddressInfo).port;
  });
  afterAll(() => void service.close());

  describe.each([
    ["directly", "web-1"],
    ["through the tunnel", "db-1"],
  ])("a port of an instance, reached %s,", (_, name) => {
    test.each<[string, (free: number) => string[]]>([
      ["--local-forwarding", (free) => ["--local-forwarding", `${free}:localhost:${port}`]],
      [
        "--local-forwarding beside a command",
        (free) => ["--local-forwarding", `${free}:127.0.0.1:${port}`, "--", "cat"],
      ],
      ["ssh's own -L", (free) => ["--", "-N", "-L", `${free}:localhost:${port}`]],
    ])("is forwarded by %s", async (_how, argumentsFor) => {
      await whileForwarding(name, argumentsFor, async (free) => {
        const socket = connect({ port: free, host: "127.0.0.1", allowHalfOpen: true }).end("hello");
        expect(await text(socket)).toBe("HELLO");
      });
    });

    test("is forwarded by -N -f -L before the instance, as with ssh: in the background, when the login is done", async () => {
      const env = clientEnvironment({ as: "alice", stack: local.stack, home: home.directory });
      const control = path.join(home.directory, `control-${name}`);
      const free = await freePort();
      const given = ["-N", "-f", "-M", "-S", control, "-L", `${free}:localhost:${port}`, name];
      const client = spawn("latchkey", ["ssh", ...given], { env, stdio: "ignore" });
      expect(await once(client, "close")).toEqual([0, null]);
      try {
        const socket = connect({ port: free, host: "127.0.0.1", allowHalfOpen: true }).end("hello");
        expect(await text(socket)).toBe("HELLO");
      } finally {
        await run("ssh", ["-F", "/dev/null", "-S", control, "-O", "exit", "any"]);
      }
    });

    test("is reached through ssh's own -D, by which VS Code works", async () => {
      const site = createSite((_request, response) => response.end("a page\n")).listen(0, "127.0.0.1");
      try {
        await once(site, "listening");
        const url = `http://localhost:${(site.address() as AddressInfo).port}/`;
        await whileForwarding(
          name,
          (free) => ["--", "-N", "-D", `${free}`],
          async (free) => {
            const page = await run("curl", ["--silent", "--show-error", "--socks5-hostname", `127.0.0.1:${free}`, url]);
            expect(page).toEqual({ code: 0, stdout: "a page\n", stderr: "" });
          },
        );
      } finally {
        site.close();
      }
    });
  });

  /** Runs `latchkey ssh`, and what is to happen when it listens on the port that it was given. */
  async function whileForwarding(
    name: string,
    argumentsFor: (free: number) => readonly string[],
    happens: (free: number) => Promise<void>,
  ): Promise<void> {
    const free = await freePort();
    const env = clientEnvironment({ as: "alice", stack: local.stack, home: home.directory });
    // ssh runs it when it listens.
    const tell = ["-o", "PermitLocalCommand=yes", "-o", "LocalCommand=echo up"];
    const args = ["ssh", name, ...tell, ...argumentsFor(free)];
    const client = spawn("latchkey", args, { env, stdio: ["pipe", "pipe", "ignore"] });
    const ended = once(client, "close");
    try {
      await once(client.stdout, "data");
      await happens(free);
    } finally {
      client.kill();
      await ended;
    }
    expect(await isListening(free)).toBeUndefined();
  }
}

async function isListening(port: number): Promise<true | undefined> {
  const socket = connect(port, "127.0.0.1");
  const outcome = await Promise.race([once(socket, "connect"), once(socket, "close")]).catch(() => undefined);
  socket.destroy();
  return outcome && !socket.errored ? true : undefined;
}
