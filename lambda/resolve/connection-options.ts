/** How the caller wants to connect; a parsed connection request is one. */
export interface ConnectionOptions {
  readonly connectionType: "auto" | "direct" | "eice" | "serial";
  /** The OS user to log in as. It does not affect the route. */
  readonly osUser?: string | undefined;
  /** An address of the instance, in any spelling. */
  readonly ipAddress?: string | undefined;
  /** The Instance Connect Endpoint to go through; makes `auto` mean `eice` (AWS CLI). */
  readonly endpointId?: string | undefined;
  /** 1–65535; `direct` only. */
  readonly port?: number | undefined;
}

/** Options that no instance can satisfy, or an address that is not the instance's. */
export interface InvalidOptions {
  readonly code: "invalid-request";
  /** JSON pointer of the wrong field. */
  readonly pointer: "/osUser" | "/ipAddress" | "/endpointId" | "/port";
  readonly reasonCode:
    | "needs-connection-type"
    | "not-with-direct"
    | "not-with-serial"
    | "not-an-address-of-the-instance";
  readonly reason: string;
}

/** Host, port and user of a serial console follow from the instance. */
const notWithSerial = ["osUser", "ipAddress", "endpointId", "port"] as const;

/**
 * Finds options that contradict each other for every instance: an endpoint with a direct connection, an address without a
 * type (as in the AWS CLI), or any other option with a serial console. `resolve` checks this too. Checked before the instance
 * is read, it gives a 400 that does not depend on whether the caller may see the instance.
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

/** The type that the options mean: with an endpoint, `auto` means `eice` (AWS CLI). */
export function effectiveType({ connectionType, endpointId }: ConnectionOptions): ConnectionOptions["connectionType"] {
  return endpointId === undefined ? connectionType : "eice";
}
