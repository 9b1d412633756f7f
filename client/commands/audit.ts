import type { Command } from "../command/command.ts";

/** `--from` and `--to` of commands that look back. */
export const periodOptionSpecs = [
  {
    name: "from",
    value: "TIME",
    summary: "since then: 7d, 12h, 30m ago, a day as 2026-03-01 (UTC), or 2026-03-01T14:05:00Z",
  },
  { name: "to", value: "TIME", summary: "before then" },
] as const;

export const auditCommand: Command = {
  name: "audit",
  summary: "list the events of the trail",
  description:
    "Lists what happened on the instances whose trail you may read, newest first: who asked for access, who reviewed, connected or was denied. Without --from or --limit, the newest 100 events. If those of an account and region may be missing, standard error says so, and the exit code is 69.\n\nWith --follow, shows each event once as it comes, oldest first, from now on or since --from. An event that is filed late is shown late.",
  arguments: [],
  options: [
    { name: "instance", value: "INSTANCE", summary: "only events about this instance" },
    { name: "subject", value: "SUBJECT", summary: "only those about this person's or machine's access" },
    { name: "actor", value: "ACTOR", summary: "only what this caller did; latchkey for what happened by itself" },
    { name: "type", value: "TYPE", summary: "only this type, such as connection.denied" },
    { name: "connection", value: "ID", summary: "only those about this connection" },
    { name: "request", value: "ID", summary: "only those about this access request" },
    ...periodOptionSpecs,
    { name: "follow", short: "f", summary: "keep looking, until Ctrl-C or after --limit" },
    { name: "limit", short: "n", value: "COUNT", summary: "as many as this" },
    { name: "json", summary: "print each event as a line of JSON, for report access too" },
    { name: "csv", summary: "print them as CSV (RFC 4180), safe to open in a spreadsheet" },
  ],
  examples: [
    { command: "latchkey audit --from 7d --type break-glass.used", says: "who used break-glass" },
    { command: "latchkey audit --subject alice --from 90d --csv", says: "what alice did, for a spreadsheet" },
    { command: "latchkey audit --follow", says: "what happens now", notRun: "it follows until Ctrl-C" },
  ],
  run: async (context, input) => (await import("../audit/run-audit.ts")).runAudit(context, input),
};
