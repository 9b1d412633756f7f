import { readFile } from "node:fs/promises";
import * as z from "zod";
import { bundleNames } from "../contract/routes.ts";

/** Why a figure is what it is. If you raise it, say why. */
const why = z.string().min(1);

const size = z.strictObject({ kilobytes: z.int(), why });
const bundle = z.strictObject({ kilobytes: z.int(), modules: z.int(), why });
const connection = z.strictObject({ roundTrips: z.int(), reads: z.int(), writes: z.int(), why });
const decisions = z.strictObject({ count: z.int(), why });

const budget = z.strictObject({
  bytecode: z.strictObject({ timesBundle: z.number(), why }),
  bundles: z.record(z.enum(bundleNames), bundle),
  client: size,
  package: size,
  console: z.strictObject({ firstLoad: size, terminal: size, styles: size }),
  connections: z.strictObject({ direct: connection, eice: connection }),
  decisions: z.strictObject({
    permitted: decisions,
    underAccess: decisions,
    underTags: decisions,
    unseen: decisions,
    approvalRequired: decisions,
    denied: decisions,
  }),
});

export type Budget = z.infer<typeof budget>;

/** The bounds of sizes and counts: `budget.json`. */
export async function readBudget(): Promise<Budget> {
  return budget.parse(JSON.parse(await readFile(new URL("../budget.json", import.meta.url), "utf8")));
}
