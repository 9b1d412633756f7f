import { isIP } from "node:net";
import contract from "../../sdk/contract.ts";
import { fits } from "../../sdk/json-schema.ts";
import type { Instance } from "../../sdk/types.ts";
import type { Context } from "../command/context.ts";
import { nearestNames } from "../command/nearest.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { phrase, visible } from "../terminal/terminal.ts";
import { instanceTable } from "./instance-table.ts";
import { listInstances } from "./list-instances.ts";
import type { ConnectionOptions, Target } from "./target.ts";

type FindContext = Pick<Context, "api" | "signal" | "terminal" | "given" | "platform">;

/** The instance that a command is about. */
export interface FoundTarget {
  readonly instanceId: string;
  /** The value of its Name tag, if it was found by that. */
  readonly name?: string;
  /** What finds it again in a command that is printed: its name if that is enough, else its id. */
  readonly handle: string;
  readonly requested: ConnectionOptions;
}

/** Instances that are looked through for a name that is near. */
const mostSearched = 300;
/** Instances that are offered instead. */
const mostOffered = 9;

/** Whether it is an instance's id, as the API takes it. */
export const isInstanceId = (text: string) => fits(contract.instanceId, text);

/** Whether an instance can still be connected to: EC2 goes on listing one that is terminated for an hour. */
export const isLasting = ({ state }: Pick<Instance, "state">) => !["shutting-down", "terminated"].includes(state);

/**
 * Finds an instance by what its user calls it: an id is taken as it is, without a call; an address, one of AWS's DNS
 * names or a Name tag is looked up, and must be meant exactly. If it leads to several instances, or only to names like
 * it, somebody at a terminal picks one: a script must not end up on web-10 because web-1 is gone.
 *
 * @throws Failure `notFound` if no instance is found or picked.
 */
export async function findTarget(context: FindContext, target: Target): Promise<FoundTarget> {
  const terminated: Instance[] = [];
  for (const { instance: text, requested } of [target, ...(target.otherReadings ?? [])]) {
    if (isInstanceId(text)) return { instanceId: text, handle: text, requested };
    const found = await lookUp(context, text);
    const lasting = found.filter(isLasting);
    const [only, another] = lasting;
    if (only !== undefined && another === undefined) return { ...identified(only, text), requested };
    if (only !== undefined) {
      const { instanceId } = await pickOne(context, text, lasting);
      return { instanceId, ...(isAddress(text) ? {} : { name: text }), handle: instanceId, requested };
    }
    terminated.push(...found);
  }
  const [last] = terminated;
  if (last !== undefined) throw endedOnly(context, last, target.instance);
  const instead = await pickInstead(context, target.instance);
  return { ...identified(instead, instead.name), requested: target.requested };
}

/** An IP address, or one of the names that AWS gives hosts; never a Name tag, which anybody may have set to it. */
function isAddress(text: string): boolean {
  return isIP(text) !== 0 || /^(?:(?:ip|ec2)(?:-[0-9]{1,3}){4}(?:\.|$)|i-[0-9a-f]+\.)/i.test(text);
}

function lookUp(context: FindContext, text: string): Promise<readonly Instance[]> {
  const bare = text.replace(/^\[(.*)\]$/, "$1"); // scp's way to write an IPv6 address
  return listInstances(context, isAddress(bare) ? { address: bare } : { name: text });
}

function identified({ instanceId, name }: Instance, text: string | undefined): Omit<FoundTarget, "requested"> {
  if (text === undefined || name !== text) return { instanceId, handle: instanceId };
  // At the start of a word a dash makes an option, and an @ divides a user from an instance.
  return { instanceId, name, handle: /^-|@/.test(name) ? instanceId : name };
}

/** @throws Failure `notFound` if there is nobody to ask, or nothing is picked. */
async function pickOne({ terminal }: FindContext, text: string, found: readonly Instance[]): Promise<Instance> {
  terminal.note(`${found.length} instances are called ${visible(text)}:\n${numbered(terminal, found)}`);
  const picked = await pick(terminal, found);
  if (picked !== undefined) return picked;
  throw new Failure(`several instances are called ${visible(text)}, and none was picked`, {
    exitCode: exitCodes.notFound,
    hint: "say it by its id",
  });
}

/** Offers instances with a name or id like this one. @throws Failure `notFound` */
async function pickInstead(context: FindContext, text: string): Promise<Instance> {
  const { terminal } = context;
  const offered = await similar(context, text);
  const says = `there is no instance ${visible(text)}, or you may not see it`;
  if (terminal.isInteractive && offered.length > 0) {
    terminal.note(`${says}; these are called something like it:\n${numbered(terminal, offered)}`);
    const picked = await pick(terminal, offered);
    if (picked !== undefined) return picked;
    throw new Failure("none was picked", { exitCode: exitCodes.notFound });
  }
  const names = offered.map(({ name, instanceId }) =>
    name === undefined || instanceId.startsWith(text) ? visible(instanceId) : phrase(name),
  );
  throw new Failure(says, {
    exitCode: exitCodes.notFound,
    hint: names.length > 0 ? `did you mean ${names.join(" or ")}?` : noneHint(context, text),
  });
}

function noneHint(context: FindContext, text: string): string {
  return /^i-[0-9a-f]*$/i.test(text) ? "an instance's id is i- and 8 or 17 lower-case hex digits" : listHint(context);
}

const listHint = (context: FindContext) => `${ownCommand(context, ["instances"])} lists those that you may see`;

/** Among the instances that the caller may see: those whose name or id starts like this, else those with the nearest names. */
async function similar(context: FindContext, text: string): Promise<readonly Instance[]> {
  if (isAddress(text)) return [];
  try {
    const starting = (await listInstances(context, { namePrefix: text }, mostOffered)).filter(isLasting);
    if (starting.length > 0) return starting;
    const all = (await listInstances(context, {}, mostSearched)).filter(isLasting);
    const byId = /^i-[0-9a-f]/.test(text) ? all.filter(({ instanceId }) => instanceId.startsWith(text)) : [];
    const near = nearestNames(
      text,
      all.flatMap(({ name }) => name ?? []),
    );
    const byName = [...new Set(near)].flatMap((each) => all.filter(({ name }) => name === each));
    return (byId.length > 0 ? byId : byName).slice(0, mostOffered);
  } catch {
    // That the instance was not found is what counts.
    context.signal.throwIfAborted();
    return [];
  }
}

function endedOnly(context: FindContext, { instanceId, state }: Instance, text: string): Failure {
  return new Failure(`the instance ${visible(text)} is ${visible(state)}: ${visible(instanceId)}`, {
    exitCode: exitCodes.notFound,
    hint: `it cannot be started again; ${listHint(context)}`,
  });
}

function numbered(terminal: Context["terminal"], instances: readonly Instance[]): string {
  const columns = terminal.isInteractive ? terminal.columns - "latchkey: ".length : undefined;
  return instanceTable(instances, { columns, isNumbered: true }).trimEnd();
}

/** @returns undefined if there is nobody to ask, or the reply is none of the numbers. */
async function pick(terminal: Context["terminal"], instances: readonly Instance[]): Promise<Instance | undefined> {
  if (!terminal.isInteractive) return undefined;
  const range = instances.length === 1 ? "1" : `1-${instances.length}`;
  const reply = await terminal.ask(`Which one? [${range}, Enter: none] `);
  return /^[0-9]{1,6}$/.test(reply?.trim() ?? "") ? instances[Number(reply) - 1] : undefined;
}
