import type { Instance } from "../../sdk/types.ts";
import type { Context } from "../command/context.ts";
import { nearestNames } from "../command/nearest.ts";
import { ownCommand } from "../quoting/own-command.ts";
import { printedCommand } from "../quoting/shell-words.ts";
import { type ExitCode, exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { phrase, visible } from "../terminal/terminal.ts";
import { isAddress } from "./instance-names.ts";
import { instanceTable } from "./instance-table.ts";
import { isLasting, listInstances } from "./list-instances.ts";
import { placeWords } from "./tags.ts";
import type { Target } from "./target.ts";

export type FindContext = Pick<Context, "api" | "signal" | "terminal" | "given" | "platform">;

/** Instances that are looked through for a name that is near. */
const mostSearched = 300;
/** Instances that are offered instead. */
const mostOffered = 9;

/**
 * Has somebody at a terminal pick one of several instances that a text leads to.
 *
 * @param handle what says exactly one of them.
 * @throws Failure `notFound` if there is nobody to ask, or nothing is picked.
 */
export async function pickOne(
  { terminal, platform }: FindContext,
  text: string,
  found: readonly Instance[],
  handle: (instance: Instance) => string,
): Promise<Instance> {
  terminal.note(`${found.length} instances are called ${visible(text)}:\n${numbered(terminal, found)}`);
  const picked = await pick(terminal, found);
  if (picked !== undefined) return picked;
  const exact = found.slice(0, mostOffered).map((instance) => printedCommand([handle(instance)], platform));
  throw new Failure(`several instances are called ${visible(text)}, and none was picked`, {
    exitCode: exitCodes.notFound,
    hint: `write ${exact.join(" or ")}`,
  });
}

/**
 * Offers instances with a name or id like that of a target which was not found.
 *
 * @param exitCode if none is picked.
 * @throws Failure
 */
export async function pickInstead(context: FindContext, target: Target, exitCode: ExitCode): Promise<Instance> {
  const { terminal } = context;
  const { instance: text, place } = target;
  const offered = await similar(context, target);
  const says = `there is no instance ${visible(text)}${placeWords({ ...place })}, or you may not see it`;
  if (terminal.isInteractive && offered.length > 0) {
    terminal.note(`${says}; these are called something like it:\n${numbered(terminal, offered)}`);
    const picked = await pick(terminal, offered);
    if (picked !== undefined) return picked;
    throw new Failure("none was picked", { exitCode });
  }
  const names = offered.map(({ name, instanceId }) =>
    name === undefined || instanceId.startsWith(text) ? visible(instanceId) : phrase(name),
  );
  throw new Failure(says, {
    exitCode,
    hint: names.length > 0 ? `did you mean ${[...new Set(names)].join(" or ")}?` : noneHint(context, text),
  });
}

function noneHint(context: FindContext, text: string): string {
  return /^i-[0-9a-f]*$/i.test(text) ? "an instance's id is i- and 8 or 17 lower-case hex digits" : listHint(context);
}

export const listHint = (context: FindContext) => `${ownCommand(context, ["instances"])} lists those that you may see`;

/** Among the instances that the caller may see: those whose name or id starts like this, else those with the nearest names. */
async function similar(context: FindContext, { instance: text, place }: Target): Promise<readonly Instance[]> {
  if (isAddress(text)) return [];
  try {
    const list = async (filter: object, most: number) =>
      (await listInstances(context, { ...filter, ...place }, { most })).filter(isLasting);
    const starting = await list({ namePrefix: text }, mostOffered);
    if (starting.length > 0) return starting;
    const all = await list({}, mostSearched);
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
