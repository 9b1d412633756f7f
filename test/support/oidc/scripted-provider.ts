import { createServer } from "node:http";
import { listen, readBody } from "../../../local/shared/loopback-server.ts";

type Answer = readonly [status: number, body: unknown];

export interface ScriptedProvider {
  readonly issuer: string;
  /** The bodies that the token endpoint got. */
  readonly asked: readonly URLSearchParams[];
  /** What each endpoint responds with, in its order; a body that is a text is HTML. */
  script: { metadata?: object | string; token?: Answer[]; device?: object; revoked?: number };
  stop(): Promise<void>;
}

/** An OpenID provider that does as it is told. */
export async function startScriptedProvider(): Promise<ScriptedProvider> {
  const asked: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    const body = new URLSearchParams(String(await readBody(request, 100_000)));
    const send = ([status, content]: Answer) => {
      const isText = typeof content === "string";
      response.writeHead(status, { "Content-Type": isText ? "text/html" : "application/json" });
      response.end(isText ? content : JSON.stringify(content));
    };
    const { metadata = {}, token = [], device = {}, revoked = 200 } = provider.script;
    switch (request.url) {
      case "/token":
        asked.push(body);
        return send(token.shift() ?? [500, "The script has no response left"]);
      case "/device":
        return send([200, device]);
      case "/revoke":
        asked.push(body);
        return send([revoked, {}]);
      default:
        return send([200, typeof metadata === "string" ? metadata : { ...usual(provider.issuer), ...metadata }]);
    }
  });
  const running = await listen(server, 0);
  const provider: ScriptedProvider = {
    issuer: `http://127.0.0.1:${running.port}`,
    asked,
    script: {},
    stop: () => running.stop(),
  };
  return provider;
}

const usual = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/auth`,
  token_endpoint: `${issuer}/token`,
  device_authorization_endpoint: `${issuer}/device`,
  revocation_endpoint: `${issuer}/revoke`,
  authorization_response_iss_parameter_supported: true,
});
