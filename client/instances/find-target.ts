import type { Instance, InstancePage } from "../../sdk/types.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { IncompleteNotes } from "./incomplete.ts";
import { isAddress, isInstanceId, isPlainName } from "./instance-names.ts";
import { isLasting, listInstances } from "./list-instances.ts";
import { type FindContext, listHint, pickInstead, pickOne } from "./pick-instance.ts";
import { handleOf, type InstanceKey, keyOf, placeOf, withPlace } from "./place.ts";
import type { ConnectionOptions, Target } from "./target.ts";

/** The instance that a command is about. */
export interface FoundTarget {
  /** With account and region, if a list has said them or the user has. */
  readonly key: InstanceKey;
  /** The value of its Name tag, if it was found by that. */
  readonly name?: string;
  /** What finds it again in a command that is printed: its name if that is enough, else its id, and where it is. */
  readonly handle: string;
  readonly requested: ConnectionOptions;
}

/**
 * Finds an instance by what its user calls it: an id is taken as it is, without a call; an address, one of AWS's DNS
 * names or a Name tag is looked up, and must be meant exactly. If it leads to several instances, or only to names like
 * it, somebody at a terminal picks one: a script must not end up on web-10 because web-1 is gone.
 *
 * @throws Failure `notFound` if no instance is found or picked.
 */
export async function findTarget(context: FindContext, target: Target): Promise<FoundTarget> {
  const notes = new IncompleteNotes(context, "instances");
  const terminated: Instance[] = [];
  for (const reading of [target, ...(target.otherReadings ?? [])]) {
    const { instance: text, place, requested } = reading;
    if (isInstanceId(text)) {
      return { key: { instanceId: text, ...place }, handle: withPlace(text, place), requested };
    }
    const found = await lookUp(context, reading, notes.add);
    const lasting = found.filter(isLasting);
    const [only, another] = lasting;
    if (only === undefined) {
      terminated.push(...found);
      continue;
    }
    const handle = (instance: Instance) => handleAmong(lasting, instance, reading);
    const instance = another === undefined ? only : await pickOne(context, text, lasting, handle);
    const named = instance.name === text ? { name: text } : {};
    return { key: keyOf(instance), ...named, handle: handle(instance), requested };
  }
  const [last] = terminated;
  if (last !== undefined) throw endedOnly(context, last, target.instance);
  const instead = await pickInstead(
    context,
    target,
    notes.exitCode === exitCodes.ok ? exitCodes.notFound : notes.exitCode,
  );
  const named = instead.name === undefined ? {} : { name: instead.name };
  return { key: keyOf(instead), ...named, handle: handleOf(instead), requested: target.requested };
}

/** What says exactly one of the instances that a text leads to: their name, with its place if others have it, else its id. */
function handleAmong(all: readonly Instance[], instance: Instance, { instance: text, place }: Target): string {
  if (instance.name !== text || !isPlainName(text)) return handleOf(instance);
  if (all.length === 1) return withPlace(text, place);
  const exact = withPlace(text, placeOf(instance));
  const isAlone = all.every((other) => other === instance || withPlace(text, placeOf(other)) !== exact);
  return isAlone ? exact : handleOf(instance);
}

function lookUp(
  context: FindContext,
  { instance: text, place }: Target,
  onPage: (page: InstancePage) => void,
): Promise<readonly Instance[]> {
  const bare = text.replace(/^\[(.*)\]$/, "$1"); // scp's way to write an IPv6 address
  return listInstances(context, { ...(isAddress(bare) ? { address: bare } : { name: text }), ...place }, { onPage });
}

function endedOnly(context: FindContext, { instanceId, state }: Instance, text: string): Failure {
  return new Failure(`the instance ${visible(text)} is ${visible(state)}: ${visible(instanceId)}`, {
    exitCode: exitCodes.notFound,
    hint: `it cannot be started again; ${listHint(context)}`,
  });
}
