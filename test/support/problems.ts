import { Problem } from "../../lambda/shared/problem.ts";

/** The problem that a call ends in, whether it throws or rejects. Throws where the call ends in anything else. */
export async function problemFrom(call: () => unknown): Promise<Problem> {
  try {
    await call();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("The call ended without a problem");
}
