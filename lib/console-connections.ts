import type { ConsoleConfig, ConsoleConnections } from "../contract/console.ts";
import type { ConsoleSettings } from "./console-settings.ts";
import type { Settings } from "./settings.ts";

/** Where a stack is: tokens, or known. */
interface Place {
  readonly region: string;
  readonly urlSuffix: string;
}

export interface ConsoleOfStack {
  /** What the file `config.json` says, but for the API's URL. */
  readonly config: Omit<ConsoleConfig, "api">;
  readonly connections: ConsoleConnections;
}

/**
 * What the console of a stack must know of its provider, and which hosts it may call, but for the API's.
 *
 * @throws Error if no issuer has people, which the settings refuse.
 */
export function consoleOfStack(place: Place, settings: Settings, console: ConsoleSettings): ConsoleOfStack {
  const { issuer: name, clientId, scope, resource, terminal, providerOrigins } = console;
  const found = settings.identities.oidc?.find((each) => each.people && (name ?? each.name) === each.name);
  if (!found) throw new Error("The settings take a console only with an issuer that has people");
  const { issuer } = found;
  return {
    config: { issuer, clientId, scope, ...(resource !== undefined && { resource }), terminal },
    connections: {
      urls: [issuer, ...providerOrigins],
      tunnels: terminal ? tunnelOrigins(place, settings) : [],
    },
  };
}

/**
 * The hosts of Instance Connect Endpoints in every region that is served. Their names begin with the endpoint's id and another
 * part. AWS documents no dual-stack name: it is taken to end as those of other services do.
 */
function tunnelOrigins({ region, urlSuffix }: Place, { targets, fips, dualStackTunnels }: Settings): string[] {
  const { accounts = [], organizationalUnits = [] } = targets ?? {};
  const regions = new Set([region, ...[...accounts, ...organizationalUnits].flatMap((each) => each.regions)]);
  const service = `*.${fips ? "fips." : ""}ec2-instance-connect-endpoint`;
  const suffixes = [urlSuffix, ...(dualStackTunnels ? ["api.aws"] : [])];
  return [...regions].flatMap((each) => suffixes.map((suffix) => `wss://${service}.${each}.${suffix}`));
}
