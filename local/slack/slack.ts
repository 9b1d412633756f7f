import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { hasLoopbackHost, listenFrom, type RunningServer, readBody } from "../shared/loopback-server.ts";
import { type SlackFault, SlackFaults } from "./faults.ts";
import { Messages } from "./messages.ts";
import { SlackSignIn } from "./openid.ts";
import { slackPage } from "./page.ts";
import { signed } from "./requests.ts";
import { SentRequests } from "./response-urls.ts";
import { actAs, pageForms } from "./user-actions.ts";
import { contentOf, MethodError, methods, type OpenedView, refuse } from "./web-api.ts";
import { app, users } from "./workspace.ts";

/** A call of the app's, with what came of it. */
export interface SlackCall {
  /** Of the Web API, or `response_url`. */
  readonly method: string;
  /** 0 if the response was lost. */
  readonly status: number;
  /** The code of an error. */
  readonly error?: string | undefined;
}

export interface RunningSlack extends RunningServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly messages: Messages;
  /** The modals that the app has opened, in order. */
  readonly views: OpenedView[];
  readonly calls: readonly SlackCall[];
  /** What Slack has sent to the app. */
  readonly sent: SentRequests;
  /** How Slack fails, which tests may set. */
  readonly faults: SlackFaults;
  /** The token that the app has. Tests replace it, as Slack does when somebody installs the app again. */
  botToken: string;
  /** Where the app takes requests, once it runs: users of the page need it. */
  appUrl: string | undefined;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** As the call's log has it. */
  readonly error?: string | undefined;
}

/** Milliseconds in which the app has mostly said what it has to say. */
const settling = 5000;

/** Bytes: more than a message of fifty blocks. */
const maxBodySize = 1024 * 1024;

/**
 * Starts the stand-in for Slack: the Web API as far as the app uses it, its `response_url`s and its OpenID provider.
 *
 * @param port taken, or else the next free one; 0 for any.
 */
export async function startSlack(port: number, clock: () => Date): Promise<RunningSlack> {
  const calls: SlackCall[] = [];
  const state = { messages: new Messages(clock), views: [] as OpenedView[], sent: new SentRequests() };
  const signIn = new SlackSignIn(clock);
  const faults = new SlackFaults();
  let lastSent = Number.NEGATIVE_INFINITY;
  const server = createServer((request, response) => void respond(request, response).catch(console.error));
  const running = await listenFrom(server, port);
  const slack: RunningSlack = {
    ...running,
    ...state,
    url: `http://127.0.0.1:${running.port}`,
    calls,
    faults,
    botToken: app.botToken,
    appUrl: undefined,
  };
  return slack;

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readBody(request, maxBodySize))?.toString("utf8");
    if (body === undefined || !hasLoopbackHost(request)) return write(response, { status: 403, body: "" });
    const { pathname, searchParams } = new URL(request.url ?? "", "http://127.0.0.1");
    if (request.method === "GET") return write(response, page(pathname, searchParams));
    if (pageForms.includes(pathname)) return write(response, await act(request, pathname, body));
    if (request.method !== "POST") return write(response, { status: 405, body: "" });
    const method = pathname.startsWith("/api/") ? pathname.slice("/api/".length) : "response_url";
    const fault = faults.take(method);
    if (fault?.kind === "slow") await fault.until;
    const reply = refusalOf(fault) ?? (method === "response_url" ? take(pathname, body) : call(method, request, body));
    const isLost = fault?.kind === "lost";
    calls.push({ method, status: isLost ? 0 : reply.status, error: reply.error });
    if (isLost) response.destroy();
    else write(response, reply);
  }

  /** A form of the page. No other page may send it. */
  async function act(request: IncomingMessage, path: string, body: string): Promise<Reply> {
    if (request.headers.origin !== slack.url) return { status: 403, body: "" };
    const done = await actAs(state, path, new URLSearchParams(body), async (sent) => {
      lastSent = performance.now();
      const response = await fetch(slack.appUrl ?? "", { method: "POST", ...signed(sent) });
      return response.text();
    });
    if (!done) return { status: 400, body: "" };
    const query = new URLSearchParams({ as: done.user, ...(done.openView && { view: done.openView }) });
    return { status: 303, headers: { Location: `/?${query}` }, body: "" };
  }

  function page(path: string, query: URLSearchParams): Reply {
    if (path === "/") {
      const { messages, views } = state;
      const user = users.find((one) => one === query.get("as")) ?? "U0ALICE";
      const view = views.find(({ id }) => id === query.get("view"));
      const isWaiting = !view && performance.now() - lastSent < settling;
      return html(200, slackPage({ user, messages: messages.items, view, isWaiting }));
    }
    if (path === "/messages") return json({ items: state.messages.items });
    if (path === "/views") return json({ items: state.views });
    if (path === "/openid/connect/keys") return json(signIn.keys());
    if (path !== "/openid/connect/authorize") return { status: 404, body: "" };
    const step = signIn.authorize(query);
    return step.status === 302
      ? { status: 302, headers: { Location: step.location }, body: "" }
      : html(step.status, step.html);
  }

  /** A method of the Web API: an error is a 200 too. */
  function call(method: string, request: IncomingMessage, body: string): Reply {
    try {
      const input = readInput(request, body);
      if (method === "openid.connect.token") return json({ ok: true, ...signIn.token(input) });
      const { authorization } = request.headers;
      if (authorization === undefined) throw new MethodError("not_authed");
      if (authorization !== `Bearer ${slack.botToken}`) throw new MethodError("invalid_auth");
      const serve = Object.hasOwn(methods, method) && methods[method];
      if (!serve) throw refuse("unknown_method", `the method ${method}`);
      return json({ ok: true, ...serve(input, state) });
    } catch (error) {
      if (!(error instanceof MethodError)) throw error;
      return { ...json({ ok: false, error: error.message }), error: error.message };
    }
  }

  /** What the app says to one of the URLs that came with a request. */
  function take(path: string, body: string): Reply {
    const origin = state.sent.use(path);
    if (!origin) return { status: 404, body: "expired_url", error: "expired_url" };
    try {
      const { replace_original: replaces = false, response_type: type = "ephemeral", ...given } = JSON.parse(body);
      const content = contentOf(given);
      const { channel, user, ts } = origin;
      if (replaces && ts !== undefined) state.messages.update(channel, ts, content);
      else state.messages.post({ channel, ...(type === "ephemeral" && { user, ephemeral: true }) }, content);
      return { status: 200, body: "ok" };
    } catch (error) {
      const code = error instanceof MethodError ? error.message : "invalid_payload";
      return { status: 400, body: code, error: code };
    }
  }
}

function refusalOf(fault: SlackFault | undefined): Reply | undefined {
  if (fault?.kind === "down") return { status: 503, body: "Service Unavailable", error: "down" };
  if (fault?.kind !== "limited") return undefined;
  const headers = { "Retry-After": String(fault.retryAfter) };
  return { ...json({ ok: false, error: "ratelimited" }), status: 429, headers, error: "ratelimited" };
}

const html = (status: number, body: string): Reply => {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'";
  return { status, headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy }, body };
};

const json = (content: object): Reply => ({
  status: 200,
  headers: { "Content-Type": "application/json; charset=utf-8" },
  body: JSON.stringify(content),
});

/** JSON, or a form whose values are JSON if they can be. */
function readInput(request: IncomingMessage, body: string): Record<string, unknown> {
  if (request.headers["content-type"]?.startsWith("application/json")) return parsed(body) as Record<string, unknown>;
  const isText = ["client_id", "code", "ts", "oldest", "latest", "text", "cursor"];
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([name, value]) => [
      name,
      isText.includes(name) ? value : (parsed(value) ?? value),
    ]),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function write(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
}
