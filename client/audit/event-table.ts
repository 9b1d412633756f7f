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

/** The instance, or the tags that a scope names: `env=staging,role=db`. Empty if there is neither. */
export function placeWords(data: Readonly<Record<string, unknown>>): string {
  if (typeof data["instanceId"] === "string") return data["instanceId"];
  const scope = data["scope"];
  if (typeof scope !== "object" || scope === null) return "";
  const { instanceId, tags } = scope as { readonly instanceId?: unknown; readonly tags?: unknown };
  if (typeof instanceId === "string") return instanceId;
  if (typeof tags !== "object" || tags === null) return JSON.stringify(scope);
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join();
}

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
