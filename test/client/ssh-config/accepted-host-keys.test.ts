import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { acceptedHostKeys } from "../../../client/ssh-config/accepted-host-keys.ts";
import type { Connection } from "../../../contract/connection.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

const instanceId = "i-0123456789abcdef0";
const known = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9mi/PRmniWlz3bAnI9jWYVk9yPG4hWkNSn/Duasj66";
const pinned = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==";

let state: string;
beforeEach(async () => {
  state = await mkdtemp(path.join(os.tmpdir(), "lk-"));
});
afterEach(() => rm(state, { recursive: true, force: true }));

/** What plain ssh may accept of web-1, for whom a terminal is there too: ssh alone could ask, and it must not. */
async function accepted(keys: readonly string[]): Promise<string> {
  const hostKeys = keys.map((key) => ({ key, type: key.split(" ")[0] }));
  const at = { accountId: "111122223333", region: "us-east-1" };
  const connection = { instanceId, hostKeyAlias: instanceId, ...at, connectionType: "direct", user: "root", hostKeys };
  const { context } = scriptedWorld({ typed: [] });
  const environment = { XDG_STATE_HOME: state };
  const { text } = await acceptedHostKeys({ ...context, environment }, connection as unknown as Connection);
  return text;
}

async function pin(text: string): Promise<void> {
  await mkdir(path.join(state, "latchkey"), { recursive: true });
  await writeFile(path.join(state, "latchkey/known_hosts"), text);
}

describe("plain ssh accepts no host key", () => {
  const nothing = {
    exitCode: 77,
    hint: expect.stringMatching(
      /--register FILE.* or compare and accept it once .*root@i-0123456789abcdef0@111122223333\/us-east-1\)/,
    ),
  };

  test("if none is known, though there is a terminal", async () => {
    await expect(accepted([])).rejects.toMatchObject(nothing);
  });

  test("if only other instances' were accepted on this machine", async () => {
    await pin(`i-0a1b2c3d ${pinned}\n${instanceId}.eu-west-1.444455556666 ${pinned}\n`);
    await expect(accepted([])).rejects.toMatchObject(nothing);
  });

  test("that would be more than a line", async () => {
    await expect(accepted([`${known}\n@cert-authority * ${pinned}`])).rejects.toMatchObject({ exitCode: 76 });
  });
});

test("the key that was accepted on this machine holds for every name that ssh looks it up by", async () => {
  await pin(`i-0a1b2c3d ssh-rsa AAAA\n${instanceId}.us-east-1.111122223333 ${pinned}\n`);
  expect(await accepted([])).toBe(`* ${pinned}\n`);
});

test("a key that Latchkey vouches for holds, and no pin beside it", async () => {
  await pin(`${instanceId} ${pinned}\n`);
  expect(await accepted([known])).toBe(`* ${known}\n`);
});
