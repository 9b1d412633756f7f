import { randomUUID } from "node:crypto";
import type { Agent } from "node:http";
import contract from "../../sdk/contract.ts";
import type { ClientSettings } from "../settings/settings.ts";
import { version } from "../terminal/version.ts";
import type { World } from "../terminal/world.ts";
import { readAnswer } from "./answer.ts";
import { type Authentication, findAuthentication } from "./authentication.ts";
import { exchange, type HttpAnswer, NetworkFault } from "./exchange.ts";
import type { LatchkeyApi } from "./latchkey-api.ts";
import { mayPass, networkFailure } from "./network-failure.ts";
import { mayHaveProxy, proxyAgent } from "./proxy.ts";
import { requestUrl } from "./request-url.ts";
import { waitAfterNetworkFault, waitBeforeRetry } from "./retry.ts";

/** Milliseconds: API Gateway gives up after 29 seconds. */
const timeout = 30_000;
/** Milliseconds, for a call that is held open: 25 seconds at most, and then it may still be slow. */
const timeoutOfWait = 35_000;

/** The API that the settings name. Nothing is asked, and no credentials are looked for, before the first call. */
export function connectApi(context: World, settings: ClientSettings): LatchkeyApi {
  const { url } = settings;
  let authentication: Promise<Authentication> | undefined;
  let agent: Promise<Agent | undefined> | undefined;

  return {
    url,
    async call(name, input = {}, signal = context.signal) {
      const { method, path, authentication: door, isIdempotent, response } = contract.routes[name];
      const request = {
        method,
        url: requestUrl(url, path, input),
        body: input.body === undefined ? "" : JSON.stringify(input.body),
      };
      const headers = {
        accept: "application/json",
        "user-agent": `latchkey/${version}`,
        ...(isIdempotent && { "idempotency-key": randomUUID() }),
      };
      if (door !== "none") authentication ??= findAuthentication(context, settings);
      if (mayHaveProxy(context.environment)) agent ??= proxyAgent(url);
      const authenticate = await authentication;
      const options = {
        timeout: input.query?.["wait"] === undefined ? timeout : timeoutOfWait,
        agent: await agent,
        signal,
      };
      // Signed anew each time: a signature has its time in it.
      const ask = () => exchange({ ...request, headers: { ...headers, ...authenticate?.(request) } }, options);
      const answered = await tryTwice(ask, signal).catch((error) => {
        throw error instanceof NetworkFault ? networkFailure(error, request.url.host) : error;
      });
      return readAnswer(answered, { answer: response, problem: contract.problem }, context.clock()) as never;
    },
  };
}

/** Asks once more after a fault that may have passed. */
async function tryTwice(ask: () => Promise<HttpAnswer>, signal: AbortSignal): Promise<HttpAnswer> {
  let pause: number | undefined;
  try {
    const answer = await ask();
    pause = waitBeforeRetry(answer);
    if (pause === undefined) return answer;
  } catch (error) {
    if (!(error instanceof NetworkFault && mayPass(error))) throw error;
    pause = waitAfterNetworkFault;
  }
  const { setTimeout: wait } = await import("node:timers/promises");
  await wait(pause, undefined, { signal });
  return ask();
}
