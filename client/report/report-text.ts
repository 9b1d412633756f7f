import { placeWords } from "../../contract/event-csv.ts";
import { showSecond } from "../audit/event-table.ts";
import { table } from "../terminal/table.ts";
import { phrase, visible } from "../terminal/terminal.ts";
import type { AccessReport, ReportedAccess } from "./access-report.ts";

/** The report for people: a table for each part that has something. */
export function reportText(report: AccessReport, columns: number | undefined): string {
  const { period, access, withoutAccess, standing, denials, suspensions } = report;
  const part = (title: string, head: readonly string[], rows: readonly (readonly string[])[]) =>
    rows.length === 0
      ? []
      : [
          `${title} (${rows.length})\n${table(
            head,
            rows.map((row) => row.map(cell)),
            { columns, cuttable: ["REASON"] },
          )}`,
        ];
  const emergencies = access.filter(({ breakGlass }) => breakGlass);
  const unused = access.filter(({ use }) => use === "never");
  const accessRow = (one: ReportedAccess) => [
    one.subject,
    placeWords({ ...one }),
    one.osUser,
    timeOr(one.access?.from, "earlier"),
    timeOr(one.access?.until, "?"),
    one.status,
    grantWords(one),
    useWords(one),
    one.reason,
  ];
  const accessHead = ["SUBJECT", "SCOPE", "OS USER", "FROM", "UNTIL", "STATUS", "APPROVED BY", "USED", "REASON"];
  return [
    `Access from ${showSecond(period.from)} to ${showSecond(period.to)}\n`,
    ...part("Access by request", accessHead, access.map(accessRow)),
    ...part("Of it, never used", accessHead, unused.map(accessRow)),
    ...part("Of it, by break-glass", accessHead, emergencies.map(accessRow)),
    ...part(
      "Connections by policy alone",
      ["SUBJECT", "INSTANCE", "OS USER", "CONNECTIONS", "FIRST", "LAST", "POLICIES"],
      standing.map((one) => [
        one.subject,
        one.instanceId,
        one.osUser,
        `${one.connections}`,
        showSecond(one.firstUsedAt),
        showSecond(one.lastUsedAt),
        one.policies.join(" "),
      ]),
    ),
    ...part(
      "Requests without access",
      ["SUBJECT", "SCOPE", "OS USER", "ASKED", "STATUS", "BY", "REASON"],
      withoutAccess.map((one) => [
        one.subject,
        placeWords({ ...one }),
        one.osUser,
        showSecond(one.firstSeen),
        one.status,
        one.endedBy ?? "",
        one.reason,
      ]),
    ),
    ...part(
      "Denied connections",
      ["SUBJECT", "INSTANCES", "OS USER", "CODE", "TIMES", "FIRST", "LAST"],
      denials.map((one) => [
        one.subject,
        one.instanceIds.join(" "),
        one.osUser,
        one.code,
        `${one.count}`,
        showSecond(one.firstAt),
        showSecond(one.lastAt),
      ]),
    ),
    ...part(
      "Suspensions",
      ["SUBJECT", "FROM", "UNTIL", "SUSPENDED BY", "RESTORED BY", "REASON"],
      suspensions.map((one) => [
        one.subject,
        timeOr(one.from, "earlier"),
        timeOr(one.until, "-"),
        one.suspendedBy,
        one.restoredBy,
        one.reason,
      ]),
    ),
  ].join("\n");
}

const cell = (text: string) => (text === "" ? "-" : phrase(text));
const timeOr = (time: string | undefined, otherwise: string) => (time === undefined ? otherwise : showSecond(time));

function grantWords({ breakGlass, approvedBy, missing }: ReportedAccess): string {
  if (breakGlass) return "nobody (break-glass)";
  if (approvedBy.length > 0) return approvedBy.map(visible).join(" ");
  return missing.length > 0 ? "?" : "nobody (policy)";
}

function useWords({ use, connections }: ReportedAccess): string {
  const words = { used: `${connections}`, earlier: "not in this time", never: "never", unknown: "?" };
  return words[use];
}
