import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { StateMachine } from "aws-local-stepfunctions";
import * as z from "zod";
import { runCommand as runOnInstance } from "../../../../examples/step-functions/run-command.ts";
import { readSettings, type Settings } from "../../../../lib/settings.ts";
import { makeHostKey } from "../../../../local/instances/host-key.ts";
import { Latchkey } from "../../../../sdk/index.ts";
import { end, makeAccessRequest, readAccessRequest, review } from "../../../support/access-client.ts";
import { askForConnection, callApi, fleet } from "../../../support/api-client.ts";
import { policiesWith } from "../../../support/policies-with.ts";
import { useKeyPair } from "../../../support/ssh-client.ts";
import { useLocalStack } from "../../../support/test-stack.ts";

const root = path.resolve(import.meta.dirname, "../../../..");
const example = (name: string) => path.join(root, "examples/step-functions", name);

/** The sample machine, in the group of the example. */
const machine = "chatbot";
const local = useLocalStack({
  changeSettings: (usual: Settings) =>
    readSettings({ ...usual, groups: { ...usual.groups, Maintenance: ["iam:111122223333/ChatBot"] } }),
  policies: policiesWith("step-functions/maintenance.cedar"),
});
const key = useKeyPair();

/** What CDK deploys. */
let synthesized: string;
let definition: string;
beforeAll(async () => {
  synthesized = mkdtempSync(path.join(os.tmpdir(), "latchkey-"));
  const env = { PATH: process.env["PATH"], HOME: synthesized, CDK_OUTDIR: synthesized };
  await promisify(execFile)(process.execPath, [example("app.ts")], { env, cwd: root });
  const [deployed] = resourcesOf("AWS::StepFunctions::StateMachine");
  definition = z.string().parse(deployed?.["DefinitionString"]);
});
afterAll(() => rmSync(synthesized, { recursive: true }));

function resourcesOf(type: string): readonly Record<string, unknown>[] {
  const file = readFileSync(path.join(synthesized, "LatchkeyMaintenance.template.json"), "utf8");
  const { Resources } = template.parse(JSON.parse(file));
  return Object.values(Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
}
const template = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

/** What `apigateway:invoke` takes, as far as the example uses it. It refuses everything else, as Step Functions does. */
const texts = z.record(z.string(), z.array(z.string()));
const invocation = z.strictObject({
  ApiEndpoint: z.literal("abc123.execute-api.us-east-1.amazonaws.com"),
  Stage: z.literal("live"),
  AuthType: z.literal("IAM_ROLE"),
  Method: z.enum(["GET", "POST"]),
  Path: z.string(),
  Headers: texts.default({}),
  QueryParameters: texts.default({}),
  RequestBody: z.unknown().optional(),
});

/** Calls the API in place of Step Functions, signed as the machine. */
async function invoke(parameters: unknown) {
  const { Method, Path, Headers, QueryParameters, RequestBody } = invocation.parse(parameters);
  const query = new URLSearchParams(
    Object.entries(QueryParameters).flatMap(([name, values]) => values.map((each): [string, string] => [name, each])),
  );
  const response = await callApi(local.stack.url, {
    method: Method,
    path: query.size > 0 ? `${Path}?${query}` : Path,
    as: machine,
    headers: Object.fromEntries(Object.entries(Headers).map(([name, of]) => [name.toLowerCase(), of.join()])),
    ...(RequestBody !== undefined && { body: RequestBody }),
  });
  if (response.status >= 400) throw named(`ApiGateway.${response.status}`, response.text);
  return { StatusCode: response.status, Headers: {}, ResponseBody: response.body };
}

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

/** Runs the deployed bundle of the function, with the credentials of its role. */
async function runCommand(parameters: unknown) {
  const { Payload } = z
    .strictObject({ FunctionName: z.literal("arn:run-command"), Payload: z.unknown() })
    .parse(parameters);
  const [{ Code }] = z
    .tuple([z.object({ Code: z.object({ S3Key: z.string() }) })])
    .parse(resourcesOf("AWS::Lambda::Function"));
  const bundle = path.join(synthesized, `asset.${Code.S3Key.replace(".zip", "")}`, "index.js");
  const program = `import(${JSON.stringify(bundle)}).then(({ handler }) => handler(${JSON.stringify(Payload)}))
    .then((result) => console.log(JSON.stringify({ result })), ({ name, message }) => console.log(JSON.stringify({ failure: { name, message } })))
    .then(() => process.exit());`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--eval", program], {
    env: {
      LATCHKEY_URL: local.stack.url,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: machine,
      AWS_SECRET_ACCESS_KEY: machine,
    },
  });
  const { result, failure } = JSON.parse(stdout);
  if (failure) throw named(failure.name, failure.message);
  return { StatusCode: 200, Payload: result };
}

/** In place of what CDK puts into the definition. */
const substitutions: Readonly<Record<string, string>> = {
  ApiHost: "abc123.execute-api.us-east-1.amazonaws.com",
  Stage: "live",
  RunCommandArn: "arn:run-command",
};

interface Execution {
  readonly instanceId?: string;
  readonly command?: string;
  readonly reason?: string;
  /** Happens at the first poll, with the id of the access request. */
  readonly meanwhile?: (id: string) => Promise<unknown>;
  /** What a state does in place of its task. */
  readonly instead?: Readonly<Record<string, (parameters: unknown) => Promise<unknown>>>;
}

/** The access request that was made last. */
let asked: string;
/** The states that called something, in order. */
let called: string[];
let executions = 0;
beforeEach(() => {
  [asked, called] = ["", []];
});

/** Executes the state machine. @returns the output, or the error and its cause */
async function execute({ instead = {}, meanwhile = async () => {}, ...input }: Execution): Promise<unknown> {
  const tasks: Record<string, (parameters: unknown) => Promise<unknown>> = {
    async Ask(parameters) {
      const response = await invoke(parameters);
      asked = z.object({ id: z.string() }).parse(response.ResponseBody).id;
      return response;
    },
    async "Wait for reviewers"(parameters) {
      if (called.filter((name) => name === "Wait for reviewers").length === 1) await meanwhile(asked);
      return invoke(parameters);
    },
    "Run the command": runCommand,
    Cancel: invoke,
    Revoke: invoke,
    ...instead,
  };
  const handlers = Object.entries(tasks).map(([name, task]) => [
    name,
    (parameters: unknown) => {
      called.push(name);
      return task(parameters);
    },
  ]);
  const resolved = definition.replace(/\$\{(\w+)\}/g, (_, name) => substitutions[name] ?? "");
  executions += 1;
  const { result } = new StateMachine(JSON.parse(resolved)).run(
    {
      instanceId: fleet.prod1,
      osUser: "ec2-user",
      command: "echo in as $LOGNAME",
      durationSeconds: 600,
      reason: "CHG-7",
      ...input,
    },
    {
      context: { Execution: { Id: `arn:aws:states:us-east-1:111122223333:execution:Maintenance:${executions}` } },
      overrides: {
        taskResourceLocalHandlers: Object.fromEntries(handlers),
        retryIntervalOverrides: Object.fromEntries(Object.keys(tasks).map((name) => [name, 0])),
      },
    },
  );
  return result.catch(({ cause }: { cause: Error }) => ({ error: cause.name, cause: cause.message }));
}

const url = () => local.stack.url;
const approve = (id: string) => review(url(), "bob", id, "approve");
const deny = (id: string) => review(url(), "bob", id, "deny");
const statusOf = async (id: string) => (await readAccessRequest(local.stack.url, "bob", id)).status;
const connectAgain = () => askForConnection(local.stack.url, machine, fleet.prod1, { publicKey: key.pair.publicKey });

describe("an execution runs nothing, and leaves no access,", () => {
  const busy = async () => {
    throw named("ApiGateway.503", "busy");
  };

  test.each<[sentence: string, execution: Execution, error: string, status: string]>([
    ["if a reviewer denies it", { meanwhile: deny }, "NotApproved", "denied"],
    ["if somebody withdraws it", { meanwhile: (id) => end(url(), machine, id, "cancel") }, "NotApproved", "cancelled"],
    ["if it cannot go on waiting", { instead: { "Wait for reviewers": busy } }, "ApiGateway.503", "cancelled"],
    [
      "if it cannot go on waiting, and has just been approved",
      { instead: { "Wait for reviewers": async () => approve(asked).then(busy) } },
      "ApiGateway.503",
      "revoked",
    ],
    [
      "if the function cannot be invoked",
      {
        meanwhile: approve,
        instead: { "Run the command": async () => Promise.reject(named("Lambda.AWSLambdaException", "")) },
      },
      "Lambda.AWSLambdaException",
      "revoked",
    ],
    [
      "if access ends before it connects",
      { meanwhile: async (id) => approve(id).then(() => end(url(), "bob", id, "revoke")) },
      "NotApproved",
      "revoked",
    ],
  ])("%s", async (_, execution, error, status) => {
    expect(await execute(execution)).toMatchObject({ error });
    expect(await statusOf(asked)).toBe(status);
    expect(await connectAgain()).toMatchObject({ status: 403, body: { code: "approval-required" } });
  });

  test("if policy does not let the machine ask", async () => {
    expect(await execute({ instanceId: fleet.web1 })).toMatchObject({ error: "ApiGateway.403" });
    expect(called).toEqual(["Ask"]);
  });

  test("if the machine has asked already, perhaps for another command, and leaves that as it is", async () => {
    const { id } = await makeAccessRequest(url(), machine, { reason: "CHG-8" });
    expect(await execute({})).toMatchObject({ error: "NotNew" });
    expect({ called, status: await statusOf(id) }).toEqual({ called: ["Ask"], status: "pending" });
    await end(url(), machine, id, "cancel");
  });

  test("if the instance shows a host key that Latchkey does not know", async () => {
    const hostKeys = { path: `/v1/instances/${fleet.prod1}/host-keys`, as: "bob" };
    const register = async (keys: readonly string[]) => {
      const etag = (await callApi(url(), hostKeys)).headers.get("etag") ?? "";
      const body = { hostKeys: keys.map((each) => ({ key: each })) };
      await callApi(url(), { ...hostKeys, method: "PUT", headers: { "if-match": etag }, body });
    };
    await register([makeHostKey().publicKeyLine]);
    try {
      expect(await execute({ meanwhile: approve })).toMatchObject({ cause: expect.stringContaining("Host denied") });
      expect(await statusOf(asked)).toBe("revoked");
    } finally {
      await register([]);
    }
  });
});

describe("an execution runs its command once it is approved, and then ends the access,", () => {
  test("after as many polls as it takes", async () => {
    let polls = 0;
    const poll = async (parameters: unknown) => {
      polls += 1;
      if (polls === 3) await approve(asked);
      const { QueryParameters } = invocation.parse(parameters);
      expect(QueryParameters).toMatchObject({ wait: ["25"] });
      // The first two time out at once.
      return invoke({ ...(parameters as object), QueryParameters: polls < 3 ? {} : QueryParameters });
    };
    const output = await execute({ instead: { "Wait for reviewers": poll } });
    expect(output).toEqual({ exitCode: 0, output: "in as ec2-user\n" });
    const wait = "Wait for reviewers";
    expect(called).toEqual(["Ask", wait, wait, wait, "Run the command", "Revoke"]);
    expect(await readAccessRequest(url(), "bob", asked)).toMatchObject({
      status: "revoked",
      subject: "111122223333/ChatBot",
      reason: "CHG-7",
    });
    expect(await connectAgain()).toMatchObject({ status: 403, body: { code: "approval-required" } });
  });

  test("with one access request, though the response to the first attempt is lost", async () => {
    let attempts = 0;
    const ask = async (parameters: unknown) => {
      const { ResponseBody } = await invoke(parameters);
      asked = z.object({ id: z.string() }).parse(ResponseBody).id;
      attempts += 1;
      if (attempts === 1) throw named("ApiGateway.504", "lost");
      return { ResponseBody };
    };
    expect(await execute({ instead: { Ask: ask }, meanwhile: approve })).toMatchObject({ exitCode: 0 });
    expect(attempts).toBe(2);
  });

  test("though the command fails: the cause says how", async () => {
    const failed = await execute({ command: "echo wrong >&2; exit 7", meanwhile: approve });
    expect(failed).toEqual({ error: "CommandFailed", cause: "wrong\n" });
    expect(await statusOf(asked)).toBe("revoked");
  });

  test("though a reviewer ended it while the command ran", async () => {
    const run = async (parameters: unknown) => {
      const result = await runCommand(parameters);
      await end(url(), "bob", asked, "revoke");
      return result;
    };
    expect(await execute({ meanwhile: approve, instead: { "Run the command": run } })).toMatchObject({ exitCode: 0 });
  });
});

describe("a command", () => {
  const latchkey = () => new Latchkey({ url: url(), credentials: { accessKeyId: "alice", secretAccessKey: "alice" } });
  const run = (command: string) => runOnInstance(latchkey(), { instanceId: fleet.web1, osUser: "ec2-user", command });

  test("runs on an instance that is reached directly, too", async () => {
    expect(await run("cat; echo in")).toEqual({ exitCode: 0, output: "in\n" });
  });
  test("that is ended by a signal has failed", async () => {
    expect(await run("kill -9 $$")).toEqual({ exitCode: 255, output: "" });
  });
  test("that writes much has the end of it in its result", async () => {
    const { output } = await run("seq 100000");
    expect(output).toHaveLength(32_000);
    expect(output).toMatch(/99999\n100000\n$/);
  });
});

describe("as deployed by CDK", () => {
  test("the state machine gets every value that its definition has a place for", () => {
    const [{ DefinitionSubstitutions }] = z
      .tuple([z.object({ DefinitionSubstitutions: z.record(z.string(), z.unknown()) })])
      .parse(resourcesOf("AWS::StepFunctions::StateMachine"));
    const places = new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name));
    expect(new Set(Object.keys(DefinitionSubstitutions))).toEqual(places);
    expect(new Set(Object.keys(substitutions))).toEqual(places);
  });
  test("one role, of the setting's machine, is assumed by Step Functions and Lambda, and by nobody else", () => {
    const [role, ...others] = resourcesOf("AWS::IAM::Role");
    expect(others).toEqual([]);
    const { Maintenance } = JSON.parse(readFileSync(example("settings.json"), "utf8")).groups;
    expect(Maintenance).toEqual([`iam:111122223333/${role?.["RoleName"]}`]);
    expect(role?.["AssumeRolePolicyDocument"]).toMatchObject({
      Statement: ["states", "lambda"].map((service) => ({ Principal: { Service: `${service}.amazonaws.com` } })),
    });
  });
  test("a definition that leads nowhere would be refused", () => {
    const broken = definition.replace('"Next": "Is it new?"', '"Next": "Is it old?"');
    expect(() => new StateMachine(JSON.parse(broken))).toThrow(/Is it old\?/);
  });
});
