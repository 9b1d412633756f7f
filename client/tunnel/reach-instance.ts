import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { findTarget } from "../instances/find-target.ts";
import { placeOf } from "../instances/place.ts";
import { readTarget } from "../instances/target.ts";
import { readIdentityFile } from "../keys/identity-file.ts";
import { makeOneTimeKey } from "../keys/one-time-key.ts";
import { connect } from "../ssh/connect.ts";
import { openSide } from "./open-side.ts";
import type { Side } from "./side.ts";

/**
 * Finds the instance of a command line, once, and makes connections to it: each is requested from Latchkey again, with
 * the user's key pushed, or one that nobody has.
 *
 * @throws Failure
 */
export async function reachInstance(
  context: Context,
  { arguments: [destination], options }: CommandInput,
): Promise<() => Promise<Side>> {
  const named = readTarget(destination, options);
  const endpointId = options.text("endpoint-id");
  const maxTunnelSeconds = options.integer("max-tunnel-duration", { min: 1, max: 3600 }); // AWS's own range
  const identityFile = options.text("identity");
  const { key, requested } = await findTarget(context, named);
  const { publicKey } = identityFile === undefined ? makeOneTimeKey() : await readIdentityFile(context, identityFile);
  const target = {
    instance: key.instanceId,
    place: placeOf(key),
    requested: {
      ...requested,
      ...(endpointId !== undefined && { endpointId }),
      ...(maxTunnelSeconds && { maxTunnelSeconds }),
    },
  };
  return async () => {
    const { connection } = await connect(context, target, async () => publicKey);
    return openSide(connection, context);
  };
}
