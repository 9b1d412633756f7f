/** How the caller wants to connect; a parsed connection request is one. */
export interface ConnectionOptions {
  readonly connectionType: "auto" | "direct" | "eice" | "serial";
  /** The OS user to log in as. It does not affect the route. */
  readonly osUser?: string | undefined;
  /** An address of the instance, in any spelling. */
  readonly ipAddress?: string | undefined;
  /** The Instance Connect Endpoint to go through; makes `auto` mean `eice` (AWS CLI). */
  readonly endpointId?: string | undefined;
  /** 1–65535. Through an endpoint only 22 can be reached. */
  readonly port?: number | undefined;
}

/** Options that no instance can fulfil, or that name an address which is not the instance's. */
export interface InvalidOptions {
  readonly code: "invalid-request";
  /** JSON pointer of the wrong field. */
  readonly pointer: "/osUser" | "/ipAddress" | "/endpointId" | "/port";
  readonly reasonCode:
    | "needs-connection-type"
    | "not-with-direct"
    | "not-with-eice"
    | "not-with-serial"
    | "not-an-address-of-the-instance";
  readonly reason: string;
}

/** sshd's own port. Through an endpoint it is always this one: the push role may open tunnels to no other. */
export const sshPort = 22;

/** The instance alone determines these for a serial console. */
const notWithSerial = ["osUser", "ipAddress", "endpointId", "port"] as const;

/**
 * What makes options impossible for any instance: an endpoint for a direct connection, or an address without a type, as
 * in the AWS CLI; a port other than 22 through an endpoint; any other option with a serial console. `resolve` checks it
 * too; a handler that checks it before it looks for the instance responds with 400 even if the caller may not see the
 * instance.
 */
export function contradictionIn(options: ConnectionOptions): InvalidOptions | undefined {
  const superfluous =
    options.connectionType === "serial" && notWithSerial.find((field) => options[field] !== undefined);
  if (superfluous) {
    return {
      code: "invalid-request",
      pointer: `/${superfluous}`,
      reasonCode: "not-with-serial",
      reason: "A serial console has one user, host and port, which follow from the instance.",
    };
  }
  if (options.connectionType === "direct" && options.endpointId !== undefined) {
    return {
      code: "invalid-request",
      pointer: "/endpointId",
      reasonCode: "not-with-direct",
      reason: "A direct connection does not use an endpoint.",
    };
  }
  if (effectiveType(options) === "eice" && options.port !== undefined && options.port !== sshPort) {
    return { code: "invalid-request", pointer: "/port", reasonCode: "not-with-eice", reason: onlySshPort };
  }
  if (options.ipAddress !== undefined && effectiveType(options) === "auto") {
    return {
      code: "invalid-request",
      pointer: "/ipAddress",
      reasonCode: "needs-connection-type",
      reason: "An IP address needs a connection type, direct or eice.",
    };
  }
  return undefined;
}

export const onlySshPort = `An Instance Connect Endpoint reaches port ${sshPort} only.`;

/** The type that the options mean: an endpoint makes `auto` mean `eice` (AWS CLI). */
export function effectiveType({ connectionType, endpointId }: ConnectionOptions): ConnectionOptions["connectionType"] {
  return endpointId === undefined ? connectionType : "eice";
}
