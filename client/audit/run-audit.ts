import { csvLineEnd } from "../../contract/csv.ts";
import { eventCsv, eventCsvHead } from "../../contract/event-csv.ts";
import type { AuditEvent } from "../../sdk/types.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import type { Options } from "../command/options.ts";
import { findTarget } from "../instances/find-target.ts";
import { IncompleteNotes } from "../instances/incomplete.ts";
import { type InstanceKey, placeOf, withPlace } from "../instances/place.ts";
import { readTarget } from "../instances/target.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visibleJson } from "../terminal/terminal.ts";
import { eventTable } from "./event-table.ts";
import { followEvents } from "./follow-events.ts";
import { periodOptions } from "./moment.ts";
import { type EventFilter, eventPages } from "./read-events.ts";

/** Events that are shown unless something says how many. */
const usualLimit = 100;

/** `latchkey audit` */
export async function runAudit(context: Context, { options }: CommandInput): Promise<number> {
  if (options.flag("json") && options.flag("csv")) throw usage("audit prints one of --json and --csv");
  const isFollowing = options.flag("follow");
  const period = periodOptions(options, context.clock());
  if (isFollowing && period.to !== undefined) throw usage("--follow goes on: leave out --to");
  const limit = options.integer("limit", { min: 1, max: 1_000_000 });
  const key = await instanceOf(context, options);
  const filter = { ...filterOf(options, key), ...period };
  const notes = new IncompleteNotes(context, "events");
  const show = printer(context, options);
  if (isFollowing) {
    const read = async (from: string) => {
      const events: AuditEvent[] = [];
      for await (const page of eventPages(context, { ...filter, from })) {
        notes.add(page);
        events.push(...page.items.filter(isOf(key)));
      }
      return events;
    };
    await followEvents(context, { read, show, since: period.from, limit: limit ?? Number.POSITIVE_INFINITY });
    return exitCodes.ok;
  }
  const most = limit ?? (period.from === undefined ? usualLimit : Number.POSITIVE_INFINITY);
  const isTable = !options.flag("json") && !options.flag("csv");
  const kept: AuditEvent[] = [];
  let count = 0;
  let isCut = false;
  for await (const page of eventPages(context, filter)) {
    notes.add(page);
    const found = page.items.filter(isOf(key));
    const items = found.slice(0, most - count);
    count += items.length;
    // A table needs to know how wide its columns are.
    if (isTable) kept.push(...items);
    else if (items.length > 0) show(items);
    isCut = items.length < found.length || (count >= most && page.nextCursor !== undefined);
    if (count >= most) break;
  }
  if (kept.length > 0) show(kept);
  if (count === 0) context.terminal.note("there are no such events that you may read");
  if (isCut) context.terminal.note(`these are the newest ${count} events, and there are more: use --from or --limit`);
  return notes.exitCode;
}

/** Shows events: a table, or a line each. */
function printer({ terminal }: Context, options: Options): (events: readonly AuditEvent[]) => void {
  const columns = terminal.outColumns;
  if (options.flag("json")) {
    return (events) => terminal.out(events.map((event) => `${visibleJson(JSON.stringify(event))}\n`).join(""));
  }
  if (options.flag("csv")) {
    const end = csvLineEnd(columns);
    terminal.out(`${eventCsvHead}${end}`);
    return (events) => terminal.out(events.map((event) => `${eventCsv(event)}${end}`).join(""));
  }
  let isContinued = false;
  return (events) => {
    terminal.out(eventTable(events, { columns, isContinued }));
    isContinued = true;
  };
}

async function instanceOf(context: Context, options: Options): Promise<InstanceKey | undefined> {
  const instance = options.text("instance");
  return instance === undefined ? undefined : (await findTarget(context, readTarget(instance, options))).key;
}

/** The API filters by the id alone, which an instance of another account or region may have too. */
function isOf(key: InstanceKey | undefined): (event: AuditEvent) => boolean {
  const place = key && placeOf(key);
  return ({ data }) => place === undefined || withPlace("", placeOf(data)) === withPlace("", place);
}

function filterOf(options: Options, key: InstanceKey | undefined): EventFilter {
  const type = options.text("type");
  return {
    subject: options.text("subject"),
    actor: options.text("actor"),
    // Not checked here: a newer API may have more types.
    type: type === undefined || type.startsWith("latchkey.") ? type : `latchkey.${type}`,
    connectionId: options.text("connection"),
    accessRequestId: options.text("request"),
    instanceId: key?.instanceId,
  } as EventFilter;
}

const usage = (message: string) => new Failure(message, { exitCode: exitCodes.usage });
