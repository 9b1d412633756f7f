import { csvLineEnd } from "../../contract/csv.ts";
import { eventCsv, eventCsvHead } from "../../contract/event-csv.ts";
import { visibleJson } from "../../contract/visible.ts";
import type { AuditEvent } from "../../sdk/types.ts";

/** A file that is saved. */
export interface Download {
  readonly name: string;
  readonly type: string;
  readonly content: string;
}

const lineEnd = csvLineEnd(undefined);

/** As `latchkey audit --csv` prints them: safe to open in a spreadsheet. */
export function csvDownload(events: readonly AuditEvent[], now: Date): Download {
  const lines = [eventCsvHead, ...events.map(eventCsv)];
  return { name: fileName(now, "csv"), type: "text/csv", content: lines.map((line) => `${line}${lineEnd}`).join("") };
}

/** As `latchkey audit --json` prints them: `latchkey report access` reads it. */
export function jsonDownload(events: readonly AuditEvent[], now: Date): Download {
  const text = events.map((event) => `${visibleJson(JSON.stringify(event))}\n`).join("");
  return { name: fileName(now, "jsonl"), type: "application/jsonl", content: text };
}

/** `latchkey-audit-2026-03-01T1405Z.csv` */
const fileName = (now: Date, ending: string) =>
  `latchkey-audit-${now.toISOString().slice(0, 16).replace(":", "")}Z.${ending}`;
