import { describe, expect, test } from "@jest/globals";
import { connect } from "../../web/ssh/connect.ts";
import { Ed25519 } from "../../web/ssh/ed25519.ts";
import { checkHostKey } from "../../web/ssh/host-key-check.ts";
import type { Shell, ShellEnd } from "../../web/ssh/shell.ts";
import { TunnelStream } from "../../web/ssh/tunnel-stream.ts";
import { fleet, makeConnection } from "../support/api-client.ts";
import { useLocalStack } from "../support/test-stack.ts";
import { startRealLoginTargets } from "./real-login-targets.ts";

describe.each([
  ["ssh-ed25519", "ed25519", ""],
  ["ecdsa-sha2-nistp256", "ecdsa", ""],
  ["ssh-rsa", "rsa", ""],
  ["ssh-ed25519", "ed25519", "RekeyLimit 1M"],
])("the console's SSH, with Debian's sshd whose host key is %s, %s %s", (type, hostKeyType, settings) => {
  const local = useLocalStack({
    loginTargets: (...all) => startRealLoginTargets(...all, { accepting: [fleet.db1], hostKeyType, settings }),
  });

  /** Logs in through the tunnel. @returns what the shell has printed when it ends */
  async function run(command: string, known?: readonly string[]): Promise<{ output: string; end: ShellEnd }> {
    const key = await new Ed25519().generateKeyPair();
    const made = await makeConnection(local.stack.url, "alice", fleet.db1, { publicKey: key.line });
    const lines = known ?? made.hostKeys.map((each) => each.key);
    expect(made.hostKeys.map((each) => each.type)).toEqual([type]);
    const { signal } = new AbortController();
    let output = "";
    return new Promise((resolve, reject) => {
      const started = TunnelStream.open(made.tunnel?.url ?? "", signal).then((stream) =>
        connect(stream, {
          ...{ user: made.user, key, size: { columns: 90, rows: 25 }, signal },
          hostKeyTypes: lines.map((line) => line.split(" ")[0] ?? ""),
          acceptHostKey: async (offered) => checkHostKey(offered, lines) === "known",
          onOutput: (data, shown) => {
            output = (output + Buffer.from(data)).slice(-1000);
            shown();
          },
          onEnd: (end) => resolve({ output, end }),
        }),
      );
      started.then((shell: Shell) => shell.send(Buffer.from(`${command}\n`)), reject);
    });
  }

  test("runs a shell on a terminal, and hears how it ends", async () => {
    const { output, end } = await run("stty size; echo $((6*7)); exit 3");
    expect({ output, end }).toEqual({
      output: expect.stringMatching(/25 90\r\n42\r\n/),
      end: { kind: "exit", status: 3 },
    });
    expect((await run("kill -9 $$")).end).toEqual({ kind: "signal", signal: "KILL" });
  });

  test("takes eight megabytes, with as many new keys as the host wants", async () => {
    const { output, end } = await run("head -c 6000000 /dev/zero | base64; exit 4");
    expect({ output, end }).toEqual({ output: expect.stringMatching(/A+\r\n/), end: { kind: "exit", status: 4 } });
  });

  test("stops before authentication if the host key is another than the known one", async () => {
    await expect(run("true", ["ssh-ed25519 AAAA"])).rejects.toMatchObject({ code: "host-key-refused" });
  });
});
