import { RunningParts } from "../local/shared/running-parts.ts";

/** Runs a bench, and stops all that it has started. An error is told in one line. */
export async function run(main: (parts: RunningParts) => Promise<void>): Promise<void> {
  const parts = new RunningParts();
  try {
    await main(parts);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    await parts.stop();
  }
}
