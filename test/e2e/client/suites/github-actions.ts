import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { compilePolicies } from "../../../../lib/build/compile-policies.ts";
import { readSettings, type Settings } from "../../../../lib/settings.ts";
import { listen, type RunningServer } from "../../../../local/shared/loopback-server.ts";
import { runClient, useClientHome } from "../../../support/client-process.ts";
import { readWorkflow, runJob } from "../../../support/oidc/workflow-runner.ts";
import type { TestStack } from "../../../support/test-stack.ts";
import { SigningKey } from "../../../support/token-issuer.ts";
import { testClient } from "../../build-bundles.ts";

const root = path.resolve(import.meta.dirname, "../../../..");
const example = (name: string) => path.join(root, "examples/github-actions", name);
const workflow = readWorkflow(readFileSync(example("workflow.yml"), "utf8"));
const { identities, groups } = JSON.parse(readFileSync(example("settings.json"), "utf8"));
const key = new SigningKey("github", "RS256");

/** What a stack needs to know the example's workflow: its settings, with keys of the test's instead of GitHub's, and its policies. */
export const exampleOfGitHub = {
  changeSettings: (usual: Settings): Settings => {
    const [{ jwksUri: _, ...issuer }] = identities.oidc;
    const oidc = [...(usual.identities.oidc ?? []), { ...issuer, jwks: { keys: [key.jwk] } }];
    return readSettings({
      ...usual,
      identities: { ...usual.identities, oidc },
      groups: { ...usual.groups, ...groups },
    });
  },
  policies: (settings: Settings) => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "latchkey-"));
    try {
      cpSync(path.join(root, "policies"), directory, { recursive: true });
      cpSync(example("deploy.cedar"), path.join(directory, "deploy.cedar"));
      return compilePolicies(directory, settings);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};

/** The claims of the example's job, as GitHub makes them. */
const claims = {
  iss: "https://token.actions.githubusercontent.com",
  sub: "repo:octo-org@65/octo-repo@74:environment:production",
  repository: "octo-org/octo-repo",
  repository_id: "74",
  repository_owner: "octo-org",
  repository_owner_id: "65",
  environment: "production",
  event_name: "workflow_dispatch",
  ref: "refs/heads/main",
  actor: "alice",
};

/** The steps of examples/github-actions/workflow.yml, with a stand-in for GitHub, whose tokens have such claims. */
export function describeGitHubActions(local: TestStack): void {
  const home = useClientHome();
  let gitHub: RunningServer;
  let given: object;
  /** What the job asked GitHub for. */
  let asked: (string | undefined)[];
  let vars: Readonly<Record<string, string>>;

  beforeAll(async () => {
    gitHub = await listen(
      createServer(({ url = "", headers }, response) => {
        asked.push(`${headers.authorization} ${url}`);
        const { searchParams } = new URL(url, "http://localhost");
        const now = Math.floor(Date.now() / 1000);
        const times = { iat: now, nbf: now, exp: now + 300 };
        const token = key.sign(
          { ...claims, aud: searchParams.get("audience"), ...times, ...given },
          { alg: "RS256", kid: "github", typ: "JWT" },
        );
        response.end(JSON.stringify({ value: token }));
      }),
      0,
    );
    vars = { LATCHKEY_URL: local.stack.oidcUrl ?? "", ...packClient(home.directory) };
  });
  afterAll(() => gitHub.stop());

  async function run(more: object) {
    [given, asked] = [more, []];
    const env = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${gitHub.port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "of-the-job",
      npm_config_cache: path.join(home.directory, "npm"),
      npm_config_offline: "true",
    };
    const results = await runJob(workflow, { home: home.directory, vars, env });
    return { env, results, last: results.at(-1) };
  }

  describe("the example's workflow gets nothing", () => {
    test.each<[sentence: string, claims: object, detail: string]>([
      ["in another repository", { repository_id: "75" }, "No mapping of the issuer matches the token"],
      [
        "in a repository that has taken the name, under another owner's id",
        { repository_owner_id: "66" },
        "No mapping of the issuer matches the token",
      ],
      [
        "for a pull request from a fork",
        { event_name: "pull_request", ref: "refs/pull/7/merge", head_ref: "patch-1" },
        "No mapping of the issuer matches the token",
      ],
      ["in another environment", { environment: "staging" }, "No mapping of the issuer matches the token"],
      [
        "with a token for another API",
        { aud: "https://github.com/octo-org" },
        "the bearer token is missing, has expired, or is not of an issuer",
      ],
    ])("%s", async (_, changed, detail) => {
      const { results, last } = await run(changed);
      expect(results).toHaveLength(3);
      expect(last).toMatchObject({ exitCode: 77, stdout: "", stderr: expect.stringContaining(detail) });
    });
  });

  test.each<[sentence: string, claims: object]>([
    ["", {}],
    [", after the repository was renamed", { repository: "octo-org/renamed", sub: "repo:octo-org@65/renamed@74:x" }],
  ])(
    "the example's workflow runs a command on an instance, as the machine of its repository's ids%s",
    async (_, changed) => {
      const { env, last } = await run(changed);
      expect(last).toEqual({ exitCode: 0, stderr: "", stdout: expect.stringContaining("load average") });
      expect(asked).toEqual(["Bearer of-the-job /token?api-version=2.0&audience=urn:latchkey:prod"]);
      const whoami = await runClient(["whoami"], {
        home: home.directory,
        env: { ...env, LATCHKEY_URL: local.stack.oidcUrl, LATCHKEY_CONFIG: `${home.directory}/runner/latchkey.json` },
      });
      expect(whoami.stdout).toBe("github/production/65/74, a machine in Deploy (github:deploy)\n");
    },
  );

  test("the example's workflow may read the repository and ask for tokens, and has no secret", () => {
    expect(workflow.permissions).toEqual({ contents: "read", "id-token": "write" });
    expect(JSON.stringify(workflow)).not.toContain("secrets.");
  });
}

/** The client as `npm pack` makes it, at a URL. */
function packClient(home: string) {
  const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const directory = path.join(home, "packed/package");
  const file = path.join(home, "latchkey.tgz");
  cpSync(path.join(testClient, "latchkey.cjs"), path.join(directory, manifest.bin.latchkey), { recursive: true });
  const { name, version, bin } = manifest;
  writeFileSync(path.join(directory, "package.json"), JSON.stringify({ name, version, bin }));
  execFileSync("tar", ["-czf", file, "-C", path.dirname(directory), "package"]);
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  return { LATCHKEY_PACKAGE: `file://${file}`, LATCHKEY_SHA256: hash };
}
