import { type Place, splitPlace } from "../../contract/place.ts";
import type { Operations } from "../../sdk/types.ts";
import type { Options } from "../command/options.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import type { InstanceKey } from "./place.ts";

/** What a connection is asked for with, but for the key. */
export type ConnectionOptions = Omit<Operations["createConnection"]["input"], keyof InstanceKey | "publicKey">;

/** An instance and how it is to be reached, as the command line says. */
export interface Target {
  /** An id, a name or an address. */
  readonly instance: string;
  /** Where it is, if that is said. */
  readonly place?: Place | undefined;
  readonly requested: ConnectionOptions;
  /** What the same words mean if the instance's name has an @. */
  readonly otherReadings?: readonly Target[];
}

/**
 * Reads `[user@]instance[@ACCOUNT/REGION]` and the options of a connection.
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
  if (named === undefined) throw usage("which instance?", "name it by its id or its Name tag");
  const { named: text, place } = splitPlace(named);
  const [target, ...otherReadings] = readings(text).map(({ user, instance }) => {
    const optionUser = options.text("os-user");
    if (user !== undefined && optionUser !== undefined && user !== optionUser) {
      throw usage("the OS user is named twice, and differently", "use --os-user or user@instance");
    }
    return { instance, ...(place && { place }), requested: readConnectionOptions(options, user ?? optionUser) };
  });
  if (target === undefined) throw new Error("A text has at least one reading");
  return { ...target, ...(otherReadings.length > 0 && { otherReadings }) };
}

/**
 * Without the place, the last `@` divides, as in ssh, since a user's name may have one; so may an instance's, if there is none by the
 * first reading.
 */
function readings(text: string): { readonly user: string | undefined; readonly instance: string }[] {
  const [last = "", ...parts] = text.split("@").reverse();
  if (last === "" || (parts.length > 0 && parts.at(-1) === "")) {
    throw usage(`this names no instance: ${visible(text)}`, "it is [user@]instance[@ACCOUNT/REGION]");
  }
  return [last, ...parts].map((_, index, all) => ({
    user:
      all
        .slice(index + 1)
        .reverse()
        .join("@") || undefined,
    instance: all
      .slice(0, index + 1)
      .reverse()
      .join("@"),
  }));
}

/**
 * The OS user that the options name for any instance; undefined means the instance's default. A serial console has one
 * of its own.
 */
export function namedOsUser({ connectionType, osUser }: ConnectionOptions, instanceId: string): string | undefined {
  return connectionType === "serial" ? `${instanceId}.port0` : osUser;
}

/** The words of a command line for the same connection: what `readTarget` has read. */
export function connectionWords(requested: ConnectionOptions): string[] {
  const { osUser, connectionType, ipAddress, port, endpointId, maxTunnelSeconds } = requested;
  const eiceOptions = Object.entries({ endpointId, maxTunnelDuration: maxTunnelSeconds });
  const words = {
    "os-user": osUser,
    "connection-type": connectionType,
    "instance-ip": ipAddress,
    "ssh-port": port,
    "eice-options":
      eiceOptions.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}`)).join() || undefined,
  };
  return Object.entries(words).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, `${value}`]));
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
