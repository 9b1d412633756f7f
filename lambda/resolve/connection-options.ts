/** How the caller wants to connect; a parsed connection request is one. */
export interface ConnectionOptions {
  readonly connectionType: "auto" | "direct" | "eice" | "serial";
  /** The OS user to log in as. It has no part in how the instance is reached. */
  readonly osUser?: string | undefined;
  /** An address of the instance, in any spelling. */
  readonly ipAddress?: string | undefined;
  /** The Instance Connect Endpoint to go through; makes `auto` mean `eice` (AWS CLI). */
  readonly endpointId?: string | undefined;
  /** 1–65535, counts for `direct` only. */
  readonly port?: number | undefined;
}

/** A options that no instance could fulfil, or that names an address which is not the instance's. */
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

/** What says where a connection goes, or as whom: a serial console's follow from the instance alone. */
const notWithSerial = ["osUser", "ipAddress", "endpointId", "port"] as const;

/**
 * Connection options that are impossible for every instance: an endpoint for a direct connection, an address without a type, as in the
 * AWS CLI; anything more for a serial console. `resolve` says it too; a handler that asks before it looks for the instance can
 * answer 400 for an instance that the caller may not see.
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
      reason: "A direct connection goes through no endpoint.",
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

/** The type that a options comes to: any endpoint makes `auto` mean `eice` (AWS CLI). */
export function effectiveType({ connectionType, endpointId }: ConnectionOptions): ConnectionOptions["connectionType"] {
  return endpointId === undefined ? connectionType : "eice";
}
