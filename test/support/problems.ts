import { Problem } from "../../lambda/shared/problem.ts";

/** The problem that a call throws or rejects with. Throws if the call ends in anything else. */
export async function problemFrom(call: () => unknown): Promise<Problem> {
  try {
    await call();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("The call ended without a problem");
}
