import { environments } from "../environment.ts";
import { apiFunction } from "../http/api-function.ts";

const environment = environments.service.parse(process.env);

/** What needs no right in AWS: the caller, the service's health, and whatever no route takes. */
export const handler = apiFunction(
  {
    whoAmI: async ({ caller }) => caller,
    health: async () => ({ status: "ok" }),
  },
  { personRoles: environment.PERSON_ROLES },
);
