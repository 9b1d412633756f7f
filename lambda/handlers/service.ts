import { readFileSync } from "node:fs";
import path from "node:path";
import { openApiDocument, openApiFile } from "../../contract/open-api.ts";
import { apiFunction } from "../http/api-function.ts";
import { environments } from "../shared/environment.ts";

const environment = environments.service.parse(process.env);
const openApi = readFileSync(path.join(environment.LAMBDA_TASK_ROOT, openApiFile), "utf8");
const document = openApiDocument.parse(JSON.parse(openApi));

/** What needs no right in AWS: the caller, the service's health, the API's description, and whatever no route takes. */
export const handler = apiFunction(
  {
    whoAmI: async ({ caller }) => caller,
    health: async () => ({ status: "ok" }),
    openApi: async () => document,
  },
  { personRoles: environment.PERSON_ROLES },
);
