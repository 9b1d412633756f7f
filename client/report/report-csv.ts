import { csvLine } from "../../contract/csv.ts";
import { placeWords } from "../../contract/event-csv.ts";
import type { AccessReport } from "./access-report.ts";

const columns = [
  ...[
    "kind",
    "subject",
    "scope",
    "accountId",
    "region",
    "osUser",
    "from",
    "until",
    "status",
    "requestedBy",
    "approvedBy",
  ],
  ...[
    "breakGlass",
    "endedBy",
    "use",
    "count",
    "instances",
    "lastAt",
    "reason",
    "policies",
    "accessRequestId",
    "missing",
  ],
] as const;

type Row = Partial<Record<(typeof columns)[number], string | undefined>>;

/** The report as lines of CSV: what a line is, `kind` says. */
export function reportCsv(report: AccessReport): string[] {
  const { access, withoutAccess, standing, denials, suspensions } = report;
  const request = (one: AccessReport["withoutAccess"][number]): Row => ({
    subject: one.subject,
    scope: placeWords({ ...one }),
    accountId: one.accountId,
    region: one.region,
    osUser: one.osUser,
    status: one.status,
    requestedBy: one.requestedBy,
    approvedBy: one.approvedBy.join(" "),
    breakGlass: `${one.breakGlass}`,
    endedBy: one.endedBy,
    reason: one.reason,
    accessRequestId: one.accessRequestId,
    missing: one.missing.join(" "),
  });
  const rows: readonly Row[] = [
    ...access.map((one) => ({
      kind: "access",
      ...request(one),
      from: one.access?.from,
      until: one.access?.until,
      use: one.use,
      count: `${one.connections}`,
      instances: one.instanceIds.join(" "),
      lastAt: one.lastUsedAt,
    })),
    ...withoutAccess.map((one) => ({ kind: "request", ...request(one), from: one.firstSeen })),
    ...standing.map((one) => ({
      kind: "policy",
      subject: one.subject,
      scope: one.instanceId,
      accountId: one.accountId,
      region: one.region,
      osUser: one.osUser,
      use: "used",
      count: `${one.connections}`,
      instances: one.instanceId,
      from: one.firstUsedAt,
      lastAt: one.lastUsedAt,
      policies: one.policies.join(" "),
    })),
    ...denials.map((one) => ({
      kind: "denial",
      subject: one.subject,
      osUser: one.osUser,
      status: one.code,
      count: `${one.count}`,
      instances: one.instanceIds.join(" "),
      from: one.firstAt,
      lastAt: one.lastAt,
    })),
    ...suspensions.map((one) => ({
      kind: "suspension",
      subject: one.subject,
      from: one.from,
      until: one.until,
      requestedBy: one.suspendedBy,
      endedBy: one.restoredBy,
      reason: one.reason,
    })),
    ...report.missing.map((missing) => ({ kind: "incomplete", missing })),
  ];
  return [csvLine(columns), ...rows.map((row) => csvLine(columns.map((column) => row[column] ?? "")))];
}
