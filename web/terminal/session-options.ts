import type { Operations } from "../../sdk/types.ts";

/** What a person connects to, and how. */
export interface SessionOptions {
  readonly instanceId: string;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
  readonly name?: string | undefined;
  readonly osUser?: string | undefined;
  readonly connectionType?: string | undefined;
  readonly ipAddress?: string | undefined;
  readonly endpointId?: string | undefined;
  readonly reason?: string | undefined;
}

/** What a terminal is called: the instance's name, or its id. */
export const nameOf = ({ name, instanceId }: SessionOptions): string => name || instanceId;

/** The connection for plain ssh with a key of one's own: to the address that was chosen, if one was. */
export function directConnection(
  { instanceId, accountId, region, osUser, ipAddress, reason }: SessionOptions,
  publicKey: string,
): Operations["createConnection"]["input"] {
  return { instanceId, accountId, region, osUser, ipAddress, reason, publicKey, connectionType: "direct" };
}
