import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { types } from "node:util";
import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import "./patient-clients.ts";
import { listen, type RunningServer, readBody } from "../../local/shared/loopback-server.ts";

// jest runs tests in a realm of their own, where Node's own errors are not instances of its `Error`: the SDK would wrap a
// network fault and lose its name and code, which it never does outside of tests.
const isInstance = Function.prototype[Symbol.hasInstance];
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, value: unknown) {
    return isInstance.call(this, value) || (this === Error && types.isNativeError(value));
  },
});

/** What is answered to one request; `silence` never answers, `reset` drops the connection without a word. */
export type Answer = "silence" | "reset" | { readonly status?: number; readonly body?: string };

export interface RecordedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Made when its request has come. */
type MadeAnswer = (request: RecordedRequest) => Answer | Promise<Answer>;

export interface ScriptedServer {
  /** To be asked for only while tests run. */
  readonly url: string;
  /** Those of the running test. */
  readonly requests: readonly RecordedRequest[];
  /** Adds answers, one a request, in their order. */
  answer(...answers: readonly (Answer | MadeAnswer)[]): void;
  /** Answers so whatever comes when the script is at its end, for the rest of the test. */
  answerAlways(answer: Answer | MadeAnswer): void;
}

/**
 * One of AWS's services, as a script: a client of the SDK finds it through `AWS_ENDPOINT_URL_<service>`. Fails the test
 * that asks for more than its script has, or for less.
 *
 * @param service as the SDK's environment variables name it, such as `EC2_INSTANCE_CONNECT`.
 */
export function useScriptedAws(service: string): ScriptedServer {
  const requests: RecordedRequest[] = [];
  let script: (Answer | MadeAnswer)[] = [];
  let always: Answer | MadeAnswer | undefined;
  let unscripted = 0;
  let running: RunningServer | undefined;

  const server = createServer(async (request, response) => {
    const body = await readBody(request, Number.POSITIVE_INFINITY);
    const recorded = { headers: request.headers, body: body?.toString("utf8") ?? "" };
    requests.push(recorded);
    const next = script.shift() ?? always;
    if (next === undefined) unscripted += 1;
    const answer = typeof next === "function" ? await next(recorded) : next;
    give(response, answer ?? { status: 400, body: "No answer is left" });
  });

  beforeAll(async () => {
    running = await listen(server, 0);
    Object.assign(process.env, {
      [`AWS_ENDPOINT_URL_${service}`]: `http://127.0.0.1:${running.port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      // Nothing that this machine's own user has configured for AWS.
      AWS_CONFIG_FILE: "no-config",
      AWS_SHARED_CREDENTIALS_FILE: "no-credentials",
    });
  });
  afterEach(() => {
    const [left, more] = [script.length, unscripted];
    script = [];
    always = undefined;
    unscripted = 0;
    requests.length = 0;
    expect({ answersLeft: left, requestsMore: more }).toEqual({ answersLeft: 0, requestsMore: 0 });
  });
  afterAll(async () => running?.stop());

  return {
    requests,
    answer: (...answers) => {
      script.push(...answers);
    },
    answerAlways: (answer) => {
      always = answer;
    },
    get url() {
      if (!running) throw new Error("The scripted server is not running yet");
      return `http://127.0.0.1:${running.port}`;
    },
  };
}

function give(response: ServerResponse, answer: Answer): void {
  if (answer === "silence") return;
  if (answer === "reset") {
    response.destroy();
    return;
  }
  const { status = 200, body = "" } = answer;
  response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" }).end(body);
}

/** An error of a service that speaks JSON. */
export function jsonError(name: string, status: number): Answer {
  return { status, body: JSON.stringify({ __type: name, message: `It says ${name}` }) };
}
