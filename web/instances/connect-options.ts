import contract from "../../sdk/contract.ts";
import { fits } from "../../sdk/json-schema.ts";
import type { Decision, Instance, Operations } from "../../sdk/types.ts";

/** How somebody wants to connect, as the form has it. Empty: left to Latchkey. */
export interface ConnectForm {
  readonly osUser: string;
  readonly connectionType: "auto" | "direct" | "eice" | "serial";
  readonly ipAddress: string;
  readonly endpointId: string;
  readonly reason: string;
}

type Inspected = Pick<
  Instance,
  "instanceId" | "accountId" | "region" | "defaultOsUser" | "connectionOptions" | "addresses"
>;

const isUsable = ({ connectionOptions }: Pick<Instance, "connectionOptions">, type: string) =>
  connectionOptions.some(({ connectionType, usable }) => connectionType === type && usable);

/** @param hasTerminal whether the console has terminals: a browser reaches an instance through an endpoint only */
export function firstForm(instance: Inspected, hasTerminal: boolean): ConnectForm {
  const connectionType = hasTerminal && isUsable(instance, "eice") ? "eice" : "auto";
  return { osUser: instance.defaultOsUser, connectionType, ipAddress: "", endpointId: "", reason: "" };
}

/** The addresses that one can choose from. None if there is no choice. */
export function addressChoices({ addresses }: Pick<Instance, "addresses">, type: ConnectForm["connectionType"]) {
  if (type !== "direct" && type !== "eice") return [];
  const possible = addresses.filter(({ kind }) => type === "direct" || kind !== "public");
  return possible.length > 1 ? possible : [];
}

/** What is wrong with each field. */
export type FormFaults = Readonly<Partial<Record<keyof ConnectForm, string>>>;

export function formFaults({ osUser, connectionType, endpointId, reason }: ConnectForm): FormFaults {
  const isSerial = connectionType === "serial";
  return {
    ...(!isSerial && !fits(contract.osUser, osUser) && { osUser: "This is not a name that an OS user can have." }),
    ...(connectionType === "eice" &&
      endpointId !== "" &&
      !/^eice-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(endpointId) && {
        endpointId: "An endpoint's id is eice- and 8 or 17 digits.",
      }),
    ...(reason !== "" &&
      !fits(contract.reason, reason) && { reason: "A reason is one line of at most 500 visible characters." }),
  };
}

type Options = Omit<Operations["decide"]["input"], "subject">;

/** The same for the API: without what is left to it, and what does not go with the type. */
export function optionsOf(form: ConnectForm, { instanceId, accountId, region }: Inspected): Options {
  const { osUser, connectionType, ipAddress, endpointId } = form;
  const key = { instanceId, accountId, region };
  if (connectionType === "serial") return { ...key, connectionType };
  const isEice = connectionType === "eice";
  return {
    ...key,
    osUser,
    connectionType,
    ...(connectionType !== "auto" && ipAddress !== "" && { ipAddress }),
    ...(isEice && endpointId !== "" && { endpointId }),
  };
}

/**
 * Why no terminal of the console can connect so: a browser dials no address, and has tunnels only to endpoints.
 *
 * @returns undefined if one can.
 */
export function browserObstacle(
  { connectionType }: Pick<ConnectForm, "connectionType">,
  { resolved }: Pick<Decision, "resolved">,
  instance: Pick<Instance, "connectionOptions">,
): string | undefined {
  const type = resolved?.connectionType ?? connectionType;
  if (type === "eice") return undefined;
  if (type === "serial") return "A browser does not reach serial consoles: connect from your own machine.";
  if (isUsable(instance, "eice")) {
    return "A browser cannot dial an address. Choose the endpoint, or connect from your own machine.";
  }
  return "A browser cannot dial an address, and no endpoint reaches this instance: connect from your own machine.";
}
