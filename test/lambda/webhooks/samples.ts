import { trailEvent } from "../../../lambda/shared/trail-event.ts";

/** An event that the bus has. */
export const created = {
  ...trailEvent(
    {
      ...{ collection: "access-requests", id: "ar-1aecd3a0ae57d30d3411a5775f98d25b-d0cd7833db4c" },
      ...{ sequence: 1, type: "access-request.created", at: new Date("2026-01-02T03:04:05.678Z") },
    },
    { actor: "alice", subject: "alice", instanceId: "i-0900000000000000d", reason: "INC-42", requestId: "request-1" },
  ),
  source: "latchkey/latchkey",
};

/** A secret of 32 bytes, each that letter. */
export const secretOf = (letter: string) => `whsec_${Buffer.from(letter.repeat(32)).toString("base64")}`;
