import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";

type PolicyTools = typeof import("../../policy-tools/index.ts");

/**
 * Runs what needs Cedar, from the bundle beside this one: several megabytes, which no other command loads.
 *
 * @throws Failure for input that cannot be used, with each complaint.
 */
export async function withPolicyTools<T>(use: (tools: PolicyTools) => Promise<T>): Promise<T> {
  const tools = await import("../../policy-tools/index.ts");
  try {
    return await use(tools);
  } catch (error) {
    if (!(error instanceof tools.Unusable)) throw error;
    throw new Failure(error.complaints.map(visible).join("\n"), { exitCode: exitCodes.unusable });
  }
}
