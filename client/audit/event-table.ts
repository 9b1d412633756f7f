import { placeWords } from "../../contract/event-csv.ts";
import type { AuditEvent } from "../../sdk/types.ts";
import { table } from "../terminal/table.ts";
import { phrase, visible } from "../terminal/terminal.ts";

interface EventTableShape {
  /** Of the terminal, if it is one. */
  readonly columns: number | undefined;
  /** Whether the lines go on those of an earlier table. */
  readonly isContinued?: boolean;
}

/** Events, a line each. */
export function eventTable(events: readonly AuditEvent[], { columns, isContinued = false }: EventTableShape): string {
  return table(
    ["TIME", "EVENT", "ACTOR", "SUBJECT", "INSTANCE", "OS USER", "DETAILS"],
    events.map(({ type, time, data }) => [
      showSecond(time),
      visible(type.replace(/^latchkey\./, "")),
      visible(data.actor),
      visible(data.subject ?? "-"),
      visible(placeWords(data) || "-"),
      visible(data.osUser ?? "-"),
      phrase(details(data).join(", ")),
    ]),
    { columns, cuttable: ["ACTOR", "SUBJECT", "DETAILS"], isContinued },
  );
}

/** `2026-03-01 14:05:09Z` */
export const showSecond = (time: string) => visible(`${time.slice(0, 10)} ${time.slice(11, 19)}Z`);

function details(data: AuditEvent["data"]): string[] {
  const { code, decision, outcome, breakGlass, count, comment, reason } = data as Readonly<Record<string, unknown>>;
  return [
    ...[code, decision].filter((word) => typeof word === "string"),
    ...(typeof outcome === "string" ? [`outcome ${outcome}`] : []),
    ...(breakGlass === true ? ["break-glass"] : []),
    ...(typeof count === "number" ? [`${count} times`] : []),
    ...[comment ?? reason].filter((text) => typeof text === "string").map((text) => `"${text}"`),
  ];
}
