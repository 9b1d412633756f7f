import type { Connection } from "../sdk/types.ts";
import { type Check, NotCheckable } from "./check.ts";
import { connectTo, findInstance } from "./connect.ts";
import { checkGatewayResponses } from "./gateway-responses.ts";
import { checkHostLog } from "./host-log.ts";
import { checkSessionPolicies } from "./session-policies.ts";
import { checkStream } from "./stream.ts";
import type { SmokeWorld } from "./world.ts";

/** A page's origin, as a browser sends it. The endpoint cannot know this one. */
const origin = "https://console.example.com";

/** All checks, in their order: some use the connection of an earlier one. */
export function smokeChecks(world: SmokeWorld): readonly Check[] {
  const instanceId = once(() => findInstance(world));
  const connection = once(async () => connectTo(world, { instanceId: await instanceId() }));
  const tunnel = once(async () => connectTo(world, { instanceId: await instanceId(), connectionType: "eice" }));
  return [
    { name: "gateway responses", run: () => checkGatewayResponses(world) },
    {
      name: "push",
      run: async () => {
        const { code, stdout, stderr } = await world.logIn(await connection(), "echo in");
        if (code === 0 && stdout === "in\n") return `logged in, by ${(await connection()).connectionType}`;
        throw new Error(`the key was pushed, and ssh ended with ${code}: ${stderr.trim()}`);
      },
    },
    { name: "host's log", run: async () => checkHostLog(world, await after("push", connection)) },
    { name: "stream", run: async () => checkStream(world, await after("push", connection)) },
    { name: "tunnel", run: async () => bannerOf(world, await tunnel()) },
    {
      name: "browser's Origin at the tunnel endpoint",
      run: async () => bannerOf(world, await after("tunnel", tunnel), origin),
    },
    { name: "session policies under real IAM", run: () => checkSessionPolicies(world) },
  ];
}

async function bannerOf(world: SmokeWorld, { tunnel }: Connection, from?: string): Promise<string> {
  if (tunnel === undefined) throw new Error("the response has no tunnel");
  const banner = await world.bannerThrough(tunnel.url, from);
  if (banner.startsWith("SSH-2.0-")) return `the instance's SSH server answered: ${banner}`;
  throw new Error(`something else than an SSH server answered: ${banner.slice(0, 60)}`);
}

/** The result of an earlier check, whose own line has the reason if there is none. */
async function after<T>(name: string, get: () => Promise<T>): Promise<T> {
  try {
    return await get();
  } catch {
    throw new NotCheckable(`it needs the connection of "${name}"`);
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
