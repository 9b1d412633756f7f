import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { untilSaid } from "../../../support/client/until.ts";
import { clientEnvironment, runClient, runOnClientMachine, useClientHome } from "../../../support/client-process.ts";
import { freePort } from "../../../support/free-port.ts";
import { run } from "../../../support/ssh-client.ts";
import { useLocalStack } from "../../../support/test-stack.ts";

const local = useLocalStack();
const home = useClientHome();
const options = () => ({ as: "alice", stack: local.stack, home: home.directory });
const editors: ChildProcessWithoutNullStreams[] = [];

/** As the extension Remote-SSH starts ssh, with the configuration that the README tells to write. */
const sshOf = (host: string, port: number) => [
  ...["-F", path.join(home.directory, "config")],
  ...["-T", "-D", `${port}`, "-o", "ConnectTimeout=15", host, "bash"],
];

/**
 * In place of the extension's script, and as long: starts a server on the instance's loopback, says on which port, and stays.
 * The server is Python's, with the script's own directory.
 */
const script = `${`# ${"x".repeat(1000)}\n`.repeat(64)}
echo "$(uname -s): running as $LOGNAME"
echo "the server of $LOGNAME" > page
exec python3 -u -m http.server --bind 127.0.0.1 0 2> /dev/null
`;

beforeAll(async () => {
  const block = path.join(home.directory, "latchkey.conf");
  await writeFile(block, (await runClient(["config"], options())).stdout);
  await writeFile(path.join(home.directory, "config"), `Include ${block}\n`);
});

afterEach(async () => {
  for (const editor of editors.splice(0)) {
    const ended = once(editor, "close");
    editor.kill();
    await ended;
  }
});

/** Starts ssh and the server. @returns how to fetch a page of the instance through that login */
async function openWindow(host: string) {
  const socks = await freePort();
  const editor = spawn("ssh", sshOf(host, socks), { env: clientEnvironment(options()) });
  editors.push(editor);
  editor.stderr.resume();
  const said = untilSaid(editor.stdout, /^Linux: running as (\S+)\n[\s\S]* port (\d+) /m);
  editor.stdin.write(script);
  const [, osUser, port] = await said;
  const proxy = ["--silent", "--show-error", "--socks5-hostname", `127.0.0.1:${socks}`];
  return { osUser, page: () => run("curl", [...proxy, `http://localhost:${port}/page`]) };
}

test("VS Code is told by Latchkey why an instance is refused, and how to ask", async () => {
  const args = sshOf("prod-1.latchkey", await freePort());
  const result = await runOnClientMachine("ssh", args, { ...options(), stdin: script });
  expect(result).toMatchObject({ stdout: "", exitCode: 255 });
  expect(result.stderr).toMatch(/^latchkey: .*needs 1 approval and a reason[\s\S]*^hint: .* request prod-1 /m);
});

describe.each([
  ["directly", "web-1.latchkey", "ec2-user"],
  ["through the tunnel", "db-1.latchkey", "ec2-user"],
  ["as another OS user", "ubuntu@web-1.latchkey", "ubuntu"],
])("VS Code on an instance, reached %s,", (_, host, osUser) => {
  test("starts its server by a script, and reaches it through the same login, many times at once", async () => {
    const window = await openWindow(host);
    expect(window.osUser).toBe(osUser);
    const pages = await Promise.all([1, 2, 3, 4, 5].map(() => window.page()));
    for (const page of pages) expect(page).toEqual({ code: 0, stdout: `the server of ${osUser}\n`, stderr: "" });
  });
});

test("VS Code opens a second window on an instance beside the first", async () => {
  const windows = await Promise.all([openWindow("db-1.latchkey"), openWindow("db-1.latchkey")]);
  for (const { page } of windows) expect(await page()).toMatchObject({ code: 0 });
});
