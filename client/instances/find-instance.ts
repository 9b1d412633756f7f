import contract from "../../sdk/contract.ts";
import { fits } from "../../sdk/json-schema.ts";
import type { Instance } from "../../sdk/types.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import { instanceTable } from "./instance-table.ts";
import { listInstances } from "./list-instances.ts";

/** Whether it is an instance's id, as the API takes it. */
export const isInstanceId = (text: string) => fits(contract.instanceId, text);

/** The instance that a command is about. */
export interface FoundInstance {
  readonly instanceId: string;
  /** The value of its Name tag, if it was found by that. */
  readonly name?: string;
}

/**
 * Finds an instance by what its user calls it: an id is taken as it is, without a call; a name is looked up. Where several have the
 * name the user picks one, if there is somebody to ask.
 *
 * @throws Failure `notFound` for a name that none has, or that several have.
 */
export async function findInstance(
  context: Pick<Context, "api" | "signal" | "terminal">,
  nameOrId: string,
): Promise<FoundInstance> {
  if (isInstanceId(nameOrId)) return { instanceId: nameOrId };
  const found = await listInstances(context, { name: nameOrId });
  const [only, another] = found;
  if (only === undefined) throw noneNamed(nameOrId);
  const chosen = another === undefined ? only : await pick(context.terminal, nameOrId, found);
  return { instanceId: chosen.instanceId, name: nameOrId };
}

function noneNamed(name: string): Failure {
  const looksLikeId = /^i-[0-9a-f]*$/i.test(name);
  return new Failure(`there is no instance ${visible(name)}, or you may not see it`, {
    exitCode: exitCodes.notFound,
    hint: looksLikeId
      ? "an instance's id is i- and 8 or 17 lower-case hex digits"
      : "latchkey instances lists those that you may see",
  });
}

async function pick(terminal: Context["terminal"], name: string, found: readonly Instance[]): Promise<Instance> {
  const columns = terminal.isInteractive ? terminal.columns - "latchkey: ".length : undefined;
  const lines = instanceTable(found, { columns, isNumbered: true }).trimEnd();
  terminal.note(`${found.length} instances are named ${visible(name)}:\n${lines}`);
  if (terminal.isInteractive) {
    const reply = await terminal.ask(`Which one? [1-${found.length}] `);
    const chosen = /^[0-9]{1,6}$/.test(reply?.trim() ?? "") ? found[Number(reply) - 1] : undefined;
    if (chosen !== undefined) return chosen;
  }
  throw new Failure(`several instances are named ${visible(name)}, and none was picked`, {
    exitCode: exitCodes.notFound,
    hint: "say it by its id",
  });
}
