import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import os from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import fc from "fast-check";
import { type RunningAgent, startAgent } from "../../client/keys/agent.ts";
import { frame, identitiesRequest, maxMessageBytes, messagesOf } from "../../client/keys/agent-protocol.ts";
import { makeOneTimeKey } from "../../client/keys/one-time-key.ts";
import { sshString, uint32 } from "../../ssh-format/ssh-wire.ts";
import { testProperty } from "../support/property.ts";

const responses = { failure: 5, identities: 12, signature: 14 };

const anyBytes = fc.uint8Array({ maxLength: 40 }).map(Buffer.from);
/** A possible message: a known or unknown number, followed by bytes. */
const anyMessage = fc
  .tuple(
    fc.constantFrom(11, 13, 17, 25, 27, 0, 255),
    fc.array(fc.oneof(anyBytes, anyBytes.map(sshString), fc.nat().map(uint32))),
  )
  .map(([number, parts]) => Buffer.concat([Buffer.from([number]), ...parts]));

describe("an agent that is asked anything", () => {
  const key = makeOneTimeKey();
  let directory: string;
  let agent: RunningAgent;
  const socketPath = () => path.join(directory, "agent");

  beforeAll(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-test-"));
    agent = await startAgent({ key, socketPath: socketPath(), upstreamPath: undefined });
  });
  afterAll(async () => {
    agent.close();
    await rm(directory, { recursive: true });
  });

  /** Everything that it answers until it hangs up, or has heard all. */
  async function say(bytes: Uint8Array): Promise<Buffer> {
    const socket = createConnection({ path: socketPath(), allowHalfOpen: true });
    socket.on("error", () => {});
    socket.end(bytes);
    return buffer(socket).catch(() => Buffer.alloc(0));
  }

  async function numbersIn(stream: Buffer): Promise<number[]> {
    const numbers: number[] = [];
    for await (const message of messagesOf(
      (async function* () {
        yield stream;
      })(),
    )) {
      numbers.push(message[0] ?? -1);
    }
    return numbers;
  }

  testProperty(
    "answers each message, and signs for nobody who does not name the key",
    { small: 100, large: 20_000 },
    fc.asyncProperty(fc.array(anyMessage, { maxLength: 8 }), async (messages) => {
      const answered = await numbersIn(await say(Buffer.concat(messages.map(frame))));
      expect(answered).toHaveLength(messages.length);
      expect(answered.filter((number) => number !== responses.failure && number !== responses.identities)).toEqual([]);
      expect(agent.uses.signatures).toBe(0);
    }),
  );

  testProperty(
    "still responds after any bytes",
    { small: 100, large: 20_000 },
    fc.asyncProperty(fc.oneof(anyBytes, fc.nat().map(uint32)), async (bytes) => {
      await say(Buffer.concat([bytes, uint32(maxMessageBytes + 1)]));
      const [response] = await numbersIn(await say(frame(identitiesRequest)));
      expect(response).toBe(responses.identities);
    }),
  );
});
