import type { Operations } from "../../sdk/types.ts";
import type { Options } from "../command/options.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

/** What a connection is asked for with, but for the key. */
export type ConnectionOptions = Omit<Operations["createConnection"]["input"], "instanceId" | "publicKey">;

/** An instance and how it is to be reached, as the command line says. */
export interface Target {
  /** An id or a name. */
  readonly instance: string;
  readonly requested: ConnectionOptions;
}

/**
 * Reads `[user@]instance` and the options of a connection.
 *
 * @param destination undefined if the command line has none: then `--instance-id` names the instance.
 * @throws Failure `usage`
 */
export function readTarget(destination: string | undefined, options: Options): Target {
  const id = options.text("instance-id");
  if (destination !== undefined && id !== undefined) {
    throw usage("the instance is named twice", "use --instance-id or <instance>, and put a remote command after --");
  }
  const named = destination ?? id;
  if (named === undefined)
    throw usage("which instance?", "name it by its id or its Name tag: latchkey instances lists them");
  const { user, host } = splitDestination(named);
  const optionUser = options.text("os-user");
  if (user !== undefined && optionUser !== undefined && user !== optionUser) {
    throw usage("the OS user is named twice, and differently", "use --os-user or user@instance");
  }
  return { instance: host, requested: readConnectionOptions(options, user ?? optionUser) };
}

/** The last `@` divides, as in ssh: a user's name may have one. */
function splitDestination(text: string): { readonly user: string | undefined; readonly host: string } {
  const at = text.lastIndexOf("@");
  const user = at === -1 ? undefined : text.slice(0, at);
  const host = text.slice(at + 1);
  if (user === "" || host === "") throw usage(`this names no instance: ${visible(text)}`, "it is [user@]instance");
  return { user, host };
}

function readConnectionOptions(options: Options, osUser: string | undefined): ConnectionOptions {
  const eiceOptions = readEiceOptions(options.text("eice-options"));
  // As in the AWS CLI: options of an endpoint ask for one.
  const connectionType = (options.text("connection-type") ??
    (Object.keys(eiceOptions).length > 0 ? "eice" : undefined)) as ConnectionOptions["connectionType"];
  const ipAddress = options.text("instance-ip");
  if (ipAddress !== undefined && (connectionType === undefined || connectionType === "auto")) {
    throw usage(
      "--instance-ip needs a --connection-type",
      "direct dials the address, eice reaches it through an endpoint",
    );
  }
  return Object.fromEntries(
    Object.entries({
      osUser,
      connectionType,
      ipAddress,
      port: options.integer("ssh-port", { min: 1, max: 65_535 }),
      reason: options.text("reason"),
      ...eiceOptions,
    }).filter(([, value]) => value !== undefined),
  );
}

/** The AWS CLI's shorthand, `endpointId=…,maxTunnelDuration=…`; what there is about a DNS name is the API's to know. */
function readEiceOptions(text: string | undefined): Pick<ConnectionOptions, "endpointId" | "maxTunnelSeconds"> {
  const requested: { endpointId?: string; maxTunnelSeconds?: number } = {};
  for (const part of text?.split(",") ?? []) {
    const equals = part.indexOf("=");
    const [name, value] = equals === -1 ? [part, ""] : [part.slice(0, equals), part.slice(equals + 1)];
    if (name === "dnsName") {
      throw usage(
        "--eice-options takes no dnsName",
        "Latchkey asks AWS for the endpoint's name itself: give endpointId alone",
      );
    }
    if (value === "") throw usage(`--eice-options is not KEY=VALUE: ${visible(part)}`, eiceHint);
    if (name === "endpointId") requested.endpointId = value;
    else if (name === "maxTunnelDuration") requested.maxTunnelSeconds = tunnelSeconds(value);
    else throw usage(`--eice-options has no ${visible(name)}`, eiceHint);
  }
  return requested;
}

const eiceHint = "it takes endpointId=eice-… and maxTunnelDuration=SECONDS, with a comma between them";

function tunnelSeconds(value: string): number {
  const seconds = /^[0-9]{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (seconds >= 1 && seconds <= 3600) return seconds; // AWS's own range
  throw usage("maxTunnelDuration is a whole number of seconds from 1 to 3600", eiceHint);
}

function usage(message: string, hint: string): Failure {
  return new Failure(message, { exitCode: exitCodes.usage, hint });
}
