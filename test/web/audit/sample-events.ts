import type { AuditEvent } from "../../../sdk/types.ts";

interface Sample {
  readonly type?: string;
  readonly subject?: string;
  readonly time?: string;
  readonly data?: object;
}

/** An event of alice's, as an API of any version may send it. */
export function sampleEvent({
  type = "latchkey.connection.pushed",
  subject = "connections/c-1",
  time = "2026-03-01T14:05:09.120Z",
  data = {},
}: Sample = {}): AuditEvent {
  const facts = { sequence: 1, actor: "alice", subject: "alice", osUser: "ec2-user", requestId: "r-1", ...data };
  return {
    specversion: "1.0",
    id: `${subject.replaceAll("/", "_")}-${facts.sequence}`,
    source: "latchkey/Latchkey",
    type,
    subject,
    time,
    data: facts as AuditEvent["data"],
  };
}
