import { type Acknowledgment, Validations } from "aws-cdk-lib";
import { AuthorizationType, LambdaIntegration } from "aws-cdk-lib/aws-apigateway";
import type { LatchkeyApi } from "./latchkey-api.ts";
import type { LatchkeyFunction } from "./latchkey-function.ts";

/** The path of the console at a door. */
const pathPart = "console";

/**
 * Serves the console by a door's own API, at `/console/`. The door's host name, addresses and VPC endpoints are then those of the
 * console too, and it calls the API at its own origin: a browser asks nobody whether a page may reach a private address.
 *
 * @returns the console's URL.
 */
export function serveAtDoor(api: LatchkeyApi, url: string, handler: LatchkeyFunction): string {
  const integration = new LambdaIntegration(handler, { allowTestInvoke: false });
  const root = api.root.addResource(pathPart);
  for (const resource of [root, root.addResource("{proxy+}")]) {
    const method = resource.addMethod("GET", integration, { authorizationType: AuthorizationType.NONE });
    Validations.of(method).acknowledge(openMethod);
  }
  return `${url}${pathPart}/`;
}

const openMethod: Acknowledgment = {
  id: "AwsSolutions-APIG4",
  reason: "The console's files are the same for everybody: people sign in from there.",
};
