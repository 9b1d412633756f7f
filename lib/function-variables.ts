import type { StackVariables } from "../lambda/environment.ts";
import type { Settings } from "./settings.ts";

/** The environment that settings and places make: each function gets those of these that it reads. */
export function functionVariables(settings: Settings, tableName: string, pushRoleArn: string): StackVariables {
  return {
    PERSON_ROLES: settings.personRoles.join(","),
    CALLER_THROTTLE: `${settings.callerThrottle.burst},${settings.callerThrottle.perSecond}`,
    DEFAULT_OS_USER: settings.defaultOsUser,
    TABLE_NAME: tableName,
    PUSH_ROLE_ARN: pushRoleArn,
    TIME_ZONE: settings.timeZone,
    MAX_TUNNEL_SECONDS: String(settings.maxTunnelSeconds),
    AWS_USE_FIPS_ENDPOINT: settings.fips ? "true" : "false",
  };
}

/** Those that one function reads. */
export function variablesOf(names: readonly string[], variables: StackVariables): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => names.includes(name)));
}
