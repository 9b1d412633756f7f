import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { readSettings, type Settings } from "../../../../lib/settings.ts";
import { type RunningProvider, startProvider } from "../../../../local/oidc/provider.ts";
import { listen, type RunningServer } from "../../../../local/shared/loopback-server.ts";
import { runClient, useClientHome } from "../../../support/client-process.ts";
import { readWorkflow, runJob } from "../../../support/oidc/workflow-runner.ts";
import { policiesWith } from "../../../support/policies-with.ts";
import type { TestStack } from "../../../support/test-stack.ts";
import { testClient } from "../../build-bundles.ts";

const root = path.resolve(import.meta.dirname, "../../../..");
const example = (name: string) => path.join(root, "examples/github-actions", name);
const workflow = readWorkflow(readFileSync(example("workflow.yml"), "utf8"));
const { identities, groups } = JSON.parse(readFileSync(example("settings.json"), "utf8"));

/** Makes the tokens, in place of GitHub. */
let provider: RunningProvider;
/** How the next token differs from that of the example's job: in its claims, or in its audience. */
let different: Claims;

type Claims = Readonly<Record<string, string>>;

/** Starts it for the tests of a file, before the stack that is to know it. */
export function useProviderForGitHub(): void {
  beforeAll(async () => {
    provider = await startProvider(0, { machineClaims: () => ({ ...claims, ...different }) });
  });
  afterAll(() => provider.stop());
}

/** What a stack needs to know the example's workflow: its settings, but for who makes the tokens, and its policies. */
export const exampleOfGitHub = {
  changeSettings: (usual: Settings): Settings => {
    const { issuer, jwksUri } = provider;
    const [gitHubs] = identities.oidc;
    const oidc = [...(usual.identities.oidc ?? []), { ...gitHubs, issuer, jwksUri, algorithm: "ES256" }];
    return readSettings({
      ...usual,
      identities: { ...usual.identities, oidc },
      groups: { ...usual.groups, ...groups },
    });
  },
  policies: policiesWith("github-actions/deploy.cedar"),
};

/** The claims of the example's job, as GitHub makes them; `sub`, which no setting reads, is the provider's own. */
const claims = {
  repository: "octo-org/octo-repo",
  repository_id: "74",
  repository_owner: "octo-org",
  repository_owner_id: "65",
  environment: "production",
  event_name: "workflow_dispatch",
  ref: "refs/heads/main",
  actor: "alice",
};

/** The steps of examples/github-actions/workflow.yml, with a stand-in for GitHub that fetches its tokens from the provider. */
export function describeGitHubActions(local: TestStack): void {
  const home = useClientHome();
  let gitHub: RunningServer;
  /** What the job asked GitHub for. */
  let asked: (string | undefined)[];
  let vars: Readonly<Record<string, string>>;

  beforeAll(async () => {
    gitHub = await listen(
      createServer(async ({ url = "", headers }, response) => {
        asked.push(`${headers.authorization} ${url}`);
        const { searchParams } = new URL(url, "http://localhost");
        response.end(
          JSON.stringify({ value: await fetchToken(different["aud"] ?? searchParams.get("audience") ?? "") }),
        );
      }),
      0,
    );
    vars = { LATCHKEY_URL: local.stack.oidcUrl ?? "", ...packClient(home.directory) };
  });
  afterAll(() => gitHub.stop());

  async function run(changes: Claims) {
    [different, asked] = [changes, []];
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
    test.each<[sentence: string, claims: Claims, detail: string]>([
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

  test.each<[sentence: string, claims: Claims]>([
    ["", {}],
    [", after the repository was renamed", { repository: "octo-org/renamed" }],
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

/** A token of the provider for an API. */
async function fetchToken(resource: string): Promise<string> {
  const response = await fetch(`${provider.issuer}/token`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa("ci-robot:robot")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: "latchkey", resource }),
  });
  const { access_token: token } = z.object({ access_token: z.string() }).parse(await response.json());
  return token;
}

/** The client as `npm pack` makes it, at a URL. */
function packClient(home: string) {
  const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const directory = path.join(home, "packed/package");
  const file = path.join(home, "latchkey.tgz");
  for (const packed of manifest.files.filter((name: string) => name.endsWith(".cjs")))
    cpSync(path.join(testClient, path.basename(packed)), path.join(directory, packed), { recursive: true });
  const { name, version, bin } = manifest;
  writeFileSync(path.join(directory, "package.json"), JSON.stringify({ name, version, bin }));
  execFileSync("tar", ["-czf", file, "-C", path.dirname(directory), "package"]);
  const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  return { LATCHKEY_PACKAGE: `file://${file}`, LATCHKEY_SHA256: hash };
}
