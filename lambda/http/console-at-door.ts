import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { type ConsoleConfig, consoleCaching, consoleContentType } from "../../contract/console.ts";

export interface ConsoleAtDoor {
  /** The text of each file by its name, relative to the console's root: `assets/main-ABCD.js`. */
  readonly files: ReadonlyMap<string, string>;
  /** The API is the front door that serves the console. */
  readonly config: Omit<ConsoleConfig, "api">;
  /** Those of every file. */
  readonly headers: Readonly<Record<string, string>>;
}

const configFile = "config.json";

/** A Lambda handler that serves the browser console at `/console/` of a front door. It reads no file for a request. */
export function consoleAtDoor({ files, config, headers }: ConsoleAtDoor) {
  const respond = (statusCode: number, own: Record<string, string>, body = ""): APIGatewayProxyResult => ({
    statusCode,
    headers: { ...headers, ...own },
    body,
  });

  return async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
    const { path } = event.requestContext;
    const isRoot = event.pathParameters?.["proxy"] === undefined;
    // The URLs in the page are relative.
    if (isRoot && !path.endsWith("/")) return respond(308, { Location: `${path}/` });
    const name = isRoot ? "index.html" : (event.pathParameters?.["proxy"] ?? "");
    const body = name === configFile ? JSON.stringify({ ...config, api: doorOf(event) }) : files.get(name);
    if (body === undefined) {
      return respond(404, { "Cache-Control": "no-store", "Content-Type": "text/plain" }, "Not found\n");
    }
    return respond(200, { "Cache-Control": consoleCaching(name), "Content-Type": consoleContentType(name) }, body);
  };
}

/** By the name that the browser has used: a private door has one for each VPC endpoint. */
function doorOf({ headers, requestContext }: APIGatewayProxyEvent): string {
  const host = headers["Host"] ?? requestContext.domainName ?? "";
  return `https://${host}${requestContext.path.slice(0, -`console/${configFile}`.length)}`;
}
