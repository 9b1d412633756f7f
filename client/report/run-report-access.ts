import { csvLineEnd } from "../../contract/csv.ts";
import { periodOptions } from "../audit/moment.ts";
import type { CommandInput } from "../command/command.ts";
import type { Context } from "../command/context.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { readText } from "../terminal/read-text.ts";
import { visible } from "../terminal/terminal.ts";
import { accessReport } from "./access-report.ts";
import { reportCsv } from "./report-csv.ts";
import { reportText } from "./report-text.ts";
import { parseEvents } from "./trail-item.ts";

/** Complaints that are shown: when many events are missing, all are alike. */
const mostShown = 20;

/** `latchkey report access` */
export async function runReportAccess(
  { terminal, clock }: Context,
  { arguments: files, options }: CommandInput,
): Promise<number> {
  if (options.flag("json") && options.flag("csv")) {
    throw new Failure("report access prints one of --json and --csv", { exitCode: exitCodes.usage });
  }
  const now = clock();
  const { from, to = now.toISOString() } = periodOptions(options, now);
  const texts = await Promise.all((files.length > 0 ? files : ["-"]).map(readText));
  const events = texts.flatMap(parseEvents);
  const first = events.map(({ time }) => time).sort()[0] ?? to;
  const report = accessReport(events, { from: from ?? first, to });
  const columns = terminal.outColumns;
  if (options.flag("json")) terminal.json(report);
  else if (options.flag("csv"))
    terminal.out(
      reportCsv(report)
        .map((line) => `${line}${csvLineEnd(columns)}`)
        .join(""),
    );
  else terminal.out(reportText(report, columns));
  const { missing } = report;
  if (missing.length === 0) return exitCodes.ok;
  const more = missing.length > mostShown ? [`and ${missing.length - mostShown} more`] : [];
  terminal.note(["the input is incomplete:", ...missing.slice(0, mostShown).map(visible), ...more].join("\n"));
  return exitCodes.invalid;
}
