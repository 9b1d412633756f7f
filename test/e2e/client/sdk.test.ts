import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { build } from "esbuild";
import { makeOneTimeKey } from "../../../client/keys/one-time-key.ts";
import { readSettings } from "../../../lib/settings.ts";
import { listen } from "../../../local/shared/loopback-server.ts";
import { Latchkey } from "../../../sdk/index.ts";
import { runClient, runOnClientMachine } from "../../support/client-process.ts";
import { accessTokenIn, expireLogins, makeSigningBrowser } from "../../support/oidc/signing-browser.ts";
import { whereIs } from "../../support/programs.ts";
import { useLocalStack } from "../../support/test-stack.ts";
import { describeReviewers, exampleOfReviewers } from "./suites/reviewers.ts";

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, "../../..");
/** In the page that has this origin. */
let script = "";
const site = await listen(
  createServer((_, response) =>
    response.writeHead(200, { "Content-Type": "text/html" }).end(`<body><script>${script}</script></body>`),
  ),
  0,
);
const origin = `http://127.0.0.1:${site.port}`;
afterAll(() => site.stop());

const local = useLocalStack({
  openIdProvider: true,
  ...exampleOfReviewers,
  changeSettings: (settings) =>
    readSettings({ ...exampleOfReviewers.changeSettings(settings), doors: { oidc: { corsOrigin: origin } } }),
});
const { publicKey } = makeOneTimeKey();
const as = (name: string) => ({ accessKeyId: name, secretAccessKey: name });

/** A stranger's directory, with the package as npm would install it. */
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-sdk-"));
  await run("npm", ["pack", "--pack-destination", directory], { cwd: root });
  const [tarball = ""] = (await readdir(directory)).filter((name) => name.endsWith(".tgz"));
  await writeFile(path.join(directory, "package.json"), '{"type": "module"}');
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`], { cwd: directory });
  for (const name of ["bot.ts", "browser.ts"]) {
    await copyFile(path.join(root, "examples", name), path.join(directory, name));
  }
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** Compiles with the strictest settings, the package's own declarations included. @throws what the compiler prints */
async function compile(name: string, options: object): Promise<void> {
  const tsconfig = path.join(directory, `tsconfig.${name}.json`);
  const compilerOptions = {
    target: "es2022",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    outDir: "out",
    rootDir: ".",
    ...options,
  };
  await writeFile(tsconfig, JSON.stringify({ compilerOptions, files: [name] }));
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  await run(process.execPath, [tsc, "-p", tsconfig]).catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout);
  });
}

const forNode = {
  lib: ["es2022"],
  module: "nodenext",
  types: ["node"],
  typeRoots: [path.join(root, "node_modules/@types")],
};

test("the package has the sdk, and needs no other", async () => {
  expect(await readdir(path.join(directory, "node_modules"))).toEqual([".bin", ".package-lock.json", "latchkey"]);
  const declarations = path.join(directory, "node_modules/latchkey/build/sdk");
  for (const name of await readdir(declarations, { recursive: true })) {
    if (name.endsWith(".d.ts"))
      expect(await readFile(path.join(declarations, name), "utf8")).not.toMatch(/from "(?!\.{1,2}\/)/);
  }
});

test("who signs with AWS credentials loads one module, and nothing of the login", async () => {
  await writeFile(
    path.join(directory, "signer.js"),
    `import { registerHooks } from "node:module";
const loaded = [];
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
const { Latchkey } = await import("latchkey/sdk");
const latchkey = new Latchkey({ url: process.env.LATCHKEY_URL, credentials: ${JSON.stringify(as("alice"))} });
const { id } = await latchkey.call("whoAmI");
console.log(JSON.stringify({ id, loaded: loaded.filter((url) => !url.startsWith("node:")) }));
`,
  );
  const { stdout } = await run(process.execPath, ["signer.js"], {
    cwd: directory,
    env: { LATCHKEY_URL: local.stack.url },
  });
  const loaded = [expect.stringMatching(/\/latchkey\/build\/sdk\/index\.js$/)];
  expect(JSON.parse(stdout)).toEqual({ id: "alice", loaded });
});

describe("a program with the sdk alone", () => {
  const options = () => ({ home: directory, stack: { url: local.stack.oidcUrl ?? "" } });
  const callAs = async (...args: readonly string[]) =>
    (await runOnClientMachine(process.execPath, [path.join(directory, "out/caller.js"), ...args], options())).stdout;

  beforeAll(async () => {
    await writeFile(
      path.join(directory, "caller.ts"),
      `import { LatchkeyError, Latchkey } from "latchkey/sdk";
import { clientCredentialsToken, LoginError, loginToken } from "latchkey/sdk/login";

const [issuer, clientId = "", clientSecret = ""] = process.argv.slice(2);
const { LATCHKEY_URL: url = "" } = process.env;
const token = issuer === undefined ? loginToken(url) : clientCredentialsToken({ issuer, clientId, clientSecret });
try {
  const { id, kind } = await new Latchkey({ url, token }).call("whoAmI");
  console.log(id, kind);
} catch (error) {
  if (!(error instanceof LoginError && error instanceof LatchkeyError)) throw error;
  console.log(error.code);
}
`,
    );
    await compile("caller.ts", forNode);
  });

  test("uses the login of the command: of two programs and a command at once, one refreshes it", async () => {
    expect(await callAs()).toBe("sign-in-required\n");
    const BROWSER = await makeSigningBrowser(directory, "alice");
    const login = await runClient(["login", "--issuer", local.stack.issuer ?? ""], { ...options(), env: { BROWSER } });
    expect(login).toMatchObject({ exitCode: 0 });
    for (let round = 0; round < 2; round++) {
      await expireLogins(directory);
      const whoami = runClient(["whoami"], options());
      expect(await Promise.all([callAs(), callAs()])).toEqual(["alice person\n", "alice person\n"]);
      // The provider takes no refresh token twice.
      expect(await whoami).toMatchObject({ exitCode: 0, stderr: "" });
    }
  });

  test("is a machine, by its client credentials", async () => {
    const { issuer = "" } = local.stack;
    expect(await callAs(issuer, "ci-robot", "robot")).toMatch(/ machine\n$/);
    expect(await callAs(issuer, "ci-robot", "wrong")).toBe("client-unknown\n");
  });
});

test("the package's types are those of the contract's schemas", async () => {
  await writeFile(
    path.join(directory, "same.ts"),
    `import type * as packed from "latchkey/sdk";
import type * as ours from ${JSON.stringify(path.join(root, "sdk/types.ts"))};

type Deep<T> = T extends string | number | boolean ? T : { [Key in keyof T]-?: Deep<Exclude<T[Key], undefined>> };
type Same<A, B> = [Deep<A>] extends [Deep<B>] ? ([Deep<B>] extends [Deep<A>] ? true : false) : false;
export const operations: {
  [Name in keyof ours.Operations]: Same<ours.Operations[Name]["response"], packed.Operations[Name]["response"]>;
} & { [Name in keyof packed.Operations]: true } = ${JSON.stringify(
      Object.fromEntries(Object.keys((await import("../../../contract/routes.ts")).routes).map((name) => [name, true])),
    )};
export const inputs: {
  [Name in keyof ours.Operations]: Same<ours.Operations[Name]["input"], packed.Operations[Name]["input"]>;
} = operations;
export const problem: Same<ours.Problem, packed.Problem> = true;
`,
  );
  await compile("same.ts", {
    ...forNode,
    rootDir: "/",
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    resolveJsonModule: true,
  });
});

test("a bot, compiled by a stranger, asks for access, waits and connects", async () => {
  await compile("bot.ts", forNode);
  await writeFile(path.join(directory, "key.pub"), publicKey);
  const bot = spawn(process.execPath, ["out/bot.js", "prod-1", "key.pub", "INC-42"], {
    cwd: directory,
    env: { LATCHKEY_URL: local.stack.url, AWS_ACCESS_KEY_ID: "alice", AWS_SECRET_ACCESS_KEY: "alice" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const reviewer = new Latchkey({ url: local.stack.url, credentials: as("bob") });
  for await (const chunk of bot.stdout.setEncoding("utf8")) {
    output += chunk;
    const [, id] = /^(ar-\S+) needs 1 approval/.exec(output) ?? [];
    if (id !== undefined && !output.includes("takes the key")) {
      await reviewer.call("reviewAccessRequest", { id, decision: "approve" });
    }
  }
  expect(output).toMatch(/^ar-\S+ needs 1 approval\(s\)\.\nec2-user@10\.\S+ takes the key until \S+Z\.\n$/);
  expect(bot.exitCode ?? (await once(bot, "close"))[0]).toBe(0);
  await reviewer.call("revokeAccessRequest", { id: output.split(" ", 1)[0] ?? "" });
});

describe("the example for browsers, in a page of an origin that the setting corsOrigin names", () => {
  beforeAll(async () => {
    await compile("browser.ts", { lib: ["es2022", "dom"], module: "esnext", moduleResolution: "bundler", types: [] });
    const home = path.join(directory, "browser");
    await mkdir(home);
    const BROWSER = await makeSigningBrowser(home, "bob");
    const { oidcUrl: url = "", issuer = "" } = local.stack;
    await runClient(["login", "--issuer", issuer], { home, stack: { url }, env: { BROWSER } });
    const token = await accessTokenIn(home);
    const { outputFiles } = await build({
      stdin: {
        contents: `import { listAndConnect } from "./browser.ts";
const [url, token] = ${JSON.stringify([url, token])};
const call = async (method, path, headers, authorization = "Bearer " + token) => {
  const { status, headers: all } = await fetch(url + path, { method, headers: { ...headers, authorization } });
  return [method, path, status, all.get("ETag"), all.get("X-Request-Id") && "id"].join(" ");
};
const keys = "/v1/instances/i-0123456789abcdef0/host-keys";
const lines = async () => [
  ...(await listAndConnect({ url, token }, "web-1", ${JSON.stringify(publicKey)})),
  await call("GET", keys),
  await call("PUT", keys, { "if-match": "x", "content-type": "application/json" }),
  await call("GET", "/v1/nothing"),
  await call("GET", "/v1/whoami", {}, "Bearer a.b.c"),
];
lines().catch((error) => [String(error)]).then((all) => { document.body.textContent = all.join("; "); });`,
        resolveDir: directory,
      },
      bundle: true,
      platform: "browser",
      write: false,
    });
    script = outputFiles[0]?.text ?? "";
  });

  const expected = new RegExp(
    [
      "web-1 i-0123456789abcdef0 running; .*connected as ec2-user: direct",
      'GET /v1/instances/i-0123456789abcdef0/host-keys 200 "[^"]+" id',
      "PUT /v1/instances/i-0123456789abcdef0/host-keys 400  id",
      "GET /v1/nothing 404  id",
      "GET /v1/whoami 401  id",
    ].join("; "),
  );

  test("runs without anything of Node.js", async () => {
    const globals = { fetch, crypto, URL, AbortSignal, AbortController, TextEncoder, setTimeout, clearTimeout };
    const filled = new Promise((resolve) => {
      const document = { body: Object.defineProperty({}, "textContent", { set: resolve }) };
      runInNewContext(script, { ...globals, document });
    });
    expect(await filled).toMatch(expected);
  });

  const chromium = whereIs("chromium");
  const shownAt = async (origin: string) => {
    const profile = path.join(directory, `chromium-${new URL(origin).hostname}`);
    const { stdout } = await run(chromium ?? "", [
      ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", `--user-data-dir=${profile}`],
      ...["--virtual-time-budget=20000", "--dump-dom", origin],
    ]);
    return stdout;
  };

  (chromium === undefined ? test.skip : test)(
    "runs in Chromium, which lets it read ETag and X-Request-Id",
    async () => {
      expect(await shownAt(origin)).toMatch(expected);
    },
  );

  (chromium === undefined ? test.skip : test)("in a page of another origin Chromium refuses every call", async () => {
    expect(await shownAt(origin.replace("127.0.0.1", "localhost"))).toContain("<body>NetworkError: ");
  });
});

describeReviewers(local);
