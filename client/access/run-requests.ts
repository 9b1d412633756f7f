import type { AccessRequest } from "../../sdk/types.ts";
import { type AccessRequestFilter, listAccessRequests } from "../api/list-access-requests.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import type { Options } from "../command/options.ts";
import { findTarget } from "../instances/find-target.ts";
import { IncompleteNotes } from "../instances/incomplete.ts";
import { readTarget } from "../instances/target.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { requestTable } from "./request-table.ts";
import { waitForRequests } from "./wait-for-requests.ts";

/** `latchkey requests` */
export async function runRequests(context: Context, { options }: CommandInput): Promise<number> {
  const { terminal } = context;
  const limit = options.integer("limit", { min: 1, max: 100_000 });
  const api = await context.api();
  const filter = await filterOf(context, options);
  const notes = new IncompleteNotes(context, "access requests");
  const list = (most?: number) =>
    listAccessRequests(api, filter, { signal: context.signal, limit: most, onPage: notes.add });
  const isReviewable = filter["reviewable"] !== undefined;
  const reviewer = isReviewable && !options.flag("json") ? await ownId(context) : undefined;
  if (options.flag("wait")) {
    const show = (requests: readonly AccessRequest[]) => {
      if (options.flag("json")) requests.map(terminal.json);
      else terminal.out(requestTable(requests, terminal.outColumns, reviewer));
    };
    // What is active already may take a further review, and nobody waits for it.
    const read = async () => (await list()).filter(isWaiting);
    await waitForRequests(context, { read, show, limit: limit ?? Number.POSITIVE_INFINITY });
    return exitCodes.ok;
  }
  // The oldest has waited longest.
  const requests = isReviewable ? (await list()).toReversed().slice(0, limit) : await list(limit);
  if (options.flag("json")) terminal.json(requests);
  else if (requests.length === 0) terminal.note("there are no such access requests that you may see");
  else terminal.out(requestTable(requests, terminal.outColumns, reviewer));
  return notes.exitCode;
}

const isWaiting = ({ status, extension }: AccessRequest) => status !== "active" || extension?.status === "pending";

async function filterOf(context: Context, options: Options): Promise<AccessRequestFilter> {
  const instance = options.text("instance");
  const isMine = options.flag("mine");
  if (isMine && options.text("subject") !== undefined) {
    throw new Failure("--mine and --subject name two subjects", { exitCode: exitCodes.usage });
  }
  const status = options.text("status") ?? "pending";
  if (options.flag("wait") && (isMine || status !== "pending")) {
    throw new Failure(`--wait shows requests that you may review: leave out ${isMine ? "--mine" : "--status"}`, {
      exitCode: exitCodes.usage,
    });
  }
  return {
    status: options.text("status"),
    instanceId:
      instance === undefined ? undefined : (await findTarget(context, readTarget(instance, options))).key.instanceId,
    subject: isMine ? await ownId(context) : options.text("subject"),
    reviewable: options.flag("reviewable") || options.flag("wait") ? "true" : undefined,
  };
}

async function ownId(context: Context): Promise<string> {
  const api = await context.api();
  return (await api.call("whoAmI", {}, { signal: context.signal })).id;
}
