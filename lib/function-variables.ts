import type { StackVariables } from "../lambda/shared/environment.ts";
import type { Settings } from "./settings.ts";

/** The names that the stack's own resources have. */
export interface ResourceNames {
  readonly tableName: string;
  readonly pushRoleArn: string;
  readonly eventBusName: string;
}

/** The environment that settings and resources make: each function gets those of these that it reads. */
export function functionVariables(settings: Settings, names: ResourceNames): StackVariables {
  return {
    PERSON_ROLES: settings.personRoles.join(","),
    CALLER_THROTTLE: `${settings.callerThrottle.burst},${settings.callerThrottle.perSecond}`,
    DEFAULT_OS_USER: settings.defaultOsUser,
    TABLE_NAME: names.tableName,
    EVENT_BUS_NAME: names.eventBusName,
    PUSH_ROLE_ARN: names.pushRoleArn,
    TIME_ZONE: settings.timeZone,
    MAX_TUNNEL_SECONDS: String(settings.maxTunnelSeconds),
    SERIAL_CONSOLE: settings.serialConsole ? "true" : "false",
    AWS_USE_FIPS_ENDPOINT: settings.fips ? "true" : "false",
  };
}

/** Those that one function reads. */
export function variablesOf(names: readonly string[], variables: StackVariables): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => names.includes(name)));
}
