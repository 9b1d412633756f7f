import type { Command } from "../command/command.ts";
import { periodOptionSpecs } from "./audit.ts";

export const reportAccessCommand: Command = {
  name: "report access",
  summary: "report who had access, and who used it",
  description:
    "Reports for a period, from what latchkey audit --json printed, and without any call: who had which access and by whose approval, who used it, what was never used, break-glass, denials and suspensions. Access that began before the period and was there in it counts.\n\nThe input needs the events of the period, and of the days before it in which access may have started. If an event is missing, the report says so and ends with exit code 65.",
  arguments: [
    {
      name: "file",
      isOptional: true,
      isRepeatable: true,
      summary: "what latchkey audit --json printed; standard input if left out or -",
    },
  ],
  options: [
    ...periodOptionSpecs,
    { name: "json", summary: "print it as JSON" },
    { name: "csv", summary: "print it as CSV (RFC 4180), safe to open in a spreadsheet" },
  ],
  examples: [
    {
      command: "latchkey audit --from 100d --json | latchkey report access --from 90d",
      says: "the last 90 days, with ten days before them",
      notRun: "a new trail has no events of that time",
    },
  ],
  run: async (context, input) => (await import("../report/run-report-access.ts")).runReportAccess(context, input),
};
