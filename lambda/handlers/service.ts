import { readFileSync } from "node:fs";
import path from "node:path";
import { openApiDocument, openApiFile } from "../../contract/open-api.ts";
import { frontDoors } from "../callers/front-doors.ts";
import { apiFunction } from "../http/api-function.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";

const environment = environments.service.parse(process.env);
const settings = readFunctionSettings("service", environment.LAMBDA_TASK_ROOT);
const openApi = readFileSync(path.join(environment.LAMBDA_TASK_ROOT, openApiFile), "utf8");
const document = openApiDocument.parse(JSON.parse(openApi));

/** The routes that need no permission in AWS, and every request that matches no route. */
export const handler = apiFunction(
  {
    health: async () => ({ status: "ok" }),
    openApi: async () => document,
  },
  { authenticate: frontDoors(settings), throttle: settings.callerThrottle },
);
