import { symlink } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { runClient, runOnClientMachine, useClientHome } from "../../support/client-process.ts";
import { makeSigningBrowser } from "../../support/oidc/signing-browser.ts";
import { type Block, isRun, type Page, pages, readConsole } from "../../support/pages.ts";
import { whereIs } from "../../support/programs.ts";
import { fits } from "../../support/run-differences.ts";
import { useLocalStack } from "../../support/test-stack.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const local = useLocalStack({ openIdProvider: true, slack: true });

/** The caller of the local stack who follows a page, unless the page says who. */
const callers: Readonly<Record<string, string>> = {
  "docs/access-requests.md": "bob",
  "docs/client-reference.md": "bob",
};

/** What a page takes for granted: files of its reader's, and on the instances. */
const given: Readonly<Record<string, string>> = {
  "README.md": `mkdir -p .config/latchkey; echo '{"issuer": "https://login.example.com"}' > .config/latchkey/config.json`,
  "docs/access-requests.md": "makeKey key",
  "docs/client-reference.md": `
    makeKey ~/.ssh/id_ed25519; makeKey key; mkdir site; echo > dump.sql; echo ls > commands.txt
    latchkey ssh db-1 -- 'mkdir -p backups; echo > a.log; echo > b.log'`,
  "docs/client-ssh.md": `
    mkdir site
    latchkey ssh db-1 -- mkdir -p backups
    latchkey ssh web-1 -- git init --quiet --bare project.git`,
  "docs/ssh-config.md": "mkdir site",
  "docs/tunnel.md": "makeKey key",
};

/** Programs that examples use and that a machine may lack. */
const programs = ["git", "jq", "man", "rsync"];

/**
 * The state after `npm install --global .` in a clone. Who signs in has no AWS credentials, and uses the other front door. Readers accept host keys that they are asked about. ssh looks for its
 * configuration in the home directory of the user's account, not in HOME.
 */
const preparation = `
set -o pipefail
export PATH=$PATH:${root}/node_modules/.bin RSYNC_RSH="ssh -F $HOME/.ssh/config"
npx() { "$@"; }
latchkey() {
  asked=$1
  if [ "$1" = login ]; then export LATCHKEY_URL=https://oidc.example.com; unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY; fi
  command latchkey "$@"
}
ssh() { command ssh -F ~/.ssh/config -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile=~/known_hosts "$@"; }
makeKey() { ssh-keygen -q -t ed25519 -N '' -f "$1"; }
cd ~ && mkdir -m 700 .ssh && echo "Include $HOME/.ssh/latchkey.conf" > .ssh/config
`;

/** Stands between the output of two blocks. */
const separator = "\x1e";
const failed = "a command failed: ";

for (const page of pages.filter(({ blocks }) => blocks.some(isRun))) {
  const missing = programs.filter((each) => page.blocks.some((block) => uses(block, each)) && !whereIs(each));
  (missing.length > 0 ? describe.skip : describe)(`${page.name} (skipped without ${programs})`, () => {
    const home = useClientHome();
    beforeEach(async () => {
      for (const name of ["bin", "cdk.json", "docs", "examples", "node_modules", "package.json", "policies", "smoke"])
        await symlink(path.join(root, name), path.join(home.directory, name));
    });
    afterEach(() => leaveAsFound());

    test("every command of the page runs in the sandbox, and prints what the page shows", async () => {
      const blocks = page.blocks.filter(isRun);
      const results = await follow(page, blocks, home.directory);
      expect(results.map(({ line, printed }) => ({ line, printed }))).toEqual(
        blocks.map((block) => ({ line: block.line, printed: shownBy(block) })),
      );
    });
  });
}

function uses(block: Block, program: string): boolean {
  return isRun(block) && new RegExp(`^(?:\\$ )?(?:.*[|;'] *)?${program} `, "m").test(block.text);
}

/** The lines that a block shows. Those of other commands do not matter. */
const shownBy = (block: Block) => (block.language === "console" ? readConsole(block).shown : []);

async function follow({ name }: Page, blocks: readonly Block[], home: string) {
  const as = callers[name] ?? "alice";
  const parts = blocks.map((block) => (block.language === "console" ? readConsole(block).commands : block.text));
  const script = [
    preparation,
    given[name] ?? "",
    // The exit code of `why` is its result: denied, or out of reach.
    `trap '[[ $? =~ 77|69 && $BASH_COMMAND = "command latchkey"* && $asked = why ]] || echo "${failed}$BASH_COMMAND" >&2' ERR`,
    ...parts.flatMap((part) => [`printf '${separator}'; printf '${separator}' >&2`, part]),
  ].join("\n");
  const { stdout, stderr } = await runOnClientMachine("bash", ["-c", toStack(script)], {
    as,
    stack: local.stack,
    home,
    env: { BROWSER: await makeSigningBrowser(home, as) },
  });
  const [[, ...out], [early, ...err]] = [stdout.split(separator), stderr.split(separator)];
  if (err.length !== blocks.length) throw new Error(`The shell ended early: ${early}${err.join("")}`);
  return blocks.map((block, index) => ({
    line: block.line,
    printed: printedBy(block, linesOf(out[index]), linesOf(err[index])),
  }));
}

/** The URLs of the examples stand for the stack's. */
const toStack = (text: string) =>
  text
    .replaceAll("http://127.0.0.1:8080", local.stack.url)
    .replaceAll("http://127.0.0.1:8084/slack", local.stack.slackUrl ?? "")
    .replaceAll("http://127.0.0.1:8085", local.stack.slack?.url ?? "")
    .replaceAll(/https:\/\/oidc\.example\.com|http:\/\/127\.0\.0\.1:8081/g, local.stack.oidcUrl ?? "")
    .replaceAll(/https:\/\/login\.example\.com|http:\/\/127\.0\.0\.1:8082/g, local.stack.issuer ?? "")
    .replaceAll(/https:\/\/\w+\.execute-api\.us-east-1\.amazonaws\.com\/live/g, local.stack.url);

const linesOf = (text = "") => (text === "" ? [] : text.trimEnd().split("\n"));

/**
 * What a block printed, in the words of the page if they fit: all of standard output, and the messages that the page shows. `…`
 * on the page stands for anything. A command may fail only if the page shows its message.
 */
function printedBy(block: Block, stdout: readonly string[], stderr: readonly string[]): readonly string[] {
  if (block.language !== "console") return stderr.filter((line) => line.startsWith(failed));
  const [out, messages] = [[...stdout], [...stderr]];
  const lines: string[] = [];
  let showsMessages = false;
  for (const line of shownBy(block)) {
    const isLike = (printed: string) => fits(line.replaceAll("…", "<*>"), printed);
    const at = messages.findIndex(isLike);
    if (out[0] !== undefined && isLike(out[0])) out.shift();
    else if (at === -1) return [...lines, ...out, ...messages];
    else {
      messages.splice(0, at + 1);
      showsMessages = true;
    }
    lines.push(line);
  }
  return [...lines, ...out, ...(showsMessages ? [] : stderr.filter((line) => line.startsWith(failed)))];
}

/** A page must leave the stack as others expect it: nobody has or waits for access, and web-1 can be logged in to. */
async function leaveAsFound(): Promise<void> {
  for (const as of ["alice", "bob"]) {
    const { stdout } = await runClient(["requests", "--mine", "--json"], { as, stack: local.stack });
    const requests = JSON.parse(stdout) as readonly { id: string; status: string }[];
    for (const { id, status } of requests) {
      const ending = { pending: "cancel", active: "revoke" }[status];
      if (ending !== undefined) await runClient([ending, id], { as, stack: local.stack });
    }
  }
  const login = await runClient(["ssh", "web-1", "--", "echo in"], { as: "alice", stack: local.stack });
  expect(login).toMatchObject({ stdout: "in\n", exitCode: 0 });
}
