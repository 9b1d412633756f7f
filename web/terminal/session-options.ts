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
