import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { types } from "node:util";
import { afterAll, afterEach, beforeAll, expect } from "@jest/globals";
import { listen, type RunningServer, readBody } from "../../local/shared/loopback-server.ts";
import { awsEnvironment } from "./patient-clients.ts";

// jest runs tests in a realm of their own, where Node's own errors are not instances of its `Error`: the SDK would wrap a
// network fault and lose its name and code, which it never does outside of tests.
const isInstance = Function.prototype[Symbol.hasInstance];
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, value: unknown) {
    return isInstance.call(this, value) || (this === Error && types.isNativeError(value));
  },
});

/** The response to one request. `silence` never responds; `reset` drops the connection. */
export type ScriptedResponse = "silence" | "reset" | { readonly status?: number; readonly body?: string };

export interface RecordedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Computed from the request. */
type ComputedResponse = (request: RecordedRequest) => ScriptedResponse | Promise<ScriptedResponse>;

export interface Script {
  /** The requests of the running test. */
  readonly requests: readonly RecordedRequest[];
  /** Adds responses, one for each request, in order. */
  respond(...responses: readonly (ScriptedResponse | ComputedResponse)[]): void;
  /** The response to every request after the script has ended, for the rest of the test. */
  respondAlways(response: ScriptedResponse | ComputedResponse): void;
}

interface ScriptedServer extends Script {
  /** Defined only while tests run. */
  readonly url: string;
}

/** A script for each test of a file. A test fails if it sends more or fewer requests than its script has responses. */
export function useScript(): Script & { next(request: RecordedRequest): Promise<ScriptedResponse> } {
  const requests: RecordedRequest[] = [];
  let script: (ScriptedResponse | ComputedResponse)[] = [];
  let always: ScriptedResponse | ComputedResponse | undefined;
  let unscripted = 0;
  afterEach(() => {
    const [left, more] = [script.length, unscripted];
    script = [];
    always = undefined;
    unscripted = 0;
    requests.length = 0;
    expect({ responsesLeft: left, extraRequests: more }).toEqual({ responsesLeft: 0, extraRequests: 0 });
  });
  return {
    requests,
    respond: (...responses) => {
      script.push(...responses);
    },
    respondAlways: (response) => {
      always = response;
    },
    async next(request) {
      requests.push(request);
      const next = script.shift() ?? always;
      if (next === undefined) unscripted += 1;
      return (typeof next === "function" ? await next(request) : next) ?? { status: 400, body: "No response is left" };
    },
  };
}

/**
 * A scripted AWS service, which the SDK's clients find through `AWS_ENDPOINT_URL_<service>`.
 *
 * @param service as the SDK's environment variables name it, such as `EC2_INSTANCE_CONNECT`.
 */
export function useScriptedAws(service: string): ScriptedServer {
  const script = useScript();
  let running: RunningServer | undefined;
  const server = createServer(async (request, response) => {
    const body = await readBody(request, Number.POSITIVE_INFINITY);
    send(response, await script.next({ headers: request.headers, body: body?.toString("utf8") ?? "" }));
  });
  beforeAll(async () => {
    running = await listen(server, 0);
    const endpoint = `http://127.0.0.1:${running.port}`;
    Object.assign(process.env, awsEnvironment, { [`AWS_ENDPOINT_URL_${service}`]: endpoint });
  });
  afterAll(async () => running?.stop());
  return {
    ...script,
    get url() {
      if (!running) throw new Error("The scripted server is not running yet");
      return `http://127.0.0.1:${running.port}`;
    },
  };
}

function send(response: ServerResponse, scripted: ScriptedResponse): void {
  if (scripted === "silence") return;
  if (scripted === "reset") {
    response.destroy();
    return;
  }
  const { status = 200, body = "" } = scripted;
  response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" }).end(body);
}

/** An error of a service that speaks JSON. */
export function jsonError(name: string, status: number): ScriptedResponse {
  return { status, body: JSON.stringify({ __type: name, message: `It says ${name}` }) };
}
