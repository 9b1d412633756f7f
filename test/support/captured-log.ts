import { afterEach, beforeEach, jest } from "@jest/globals";

export type LogLine = Readonly<Record<string, unknown>>;

/**
 * Captures the log of the code under test, and keeps it off the terminal. Call it at the top of a test file.
 *
 * @returns a function that gives the lines of the running test so far, and throws if one starts like JSON but is not
 */
export function captureLog(): () => LogLine[] {
  let written = "";
  const spies: { mockRestore(): void }[] = [];
  beforeEach(() => {
    written = "";
    for (const stream of [process.stdout, process.stderr]) {
      const write = stream.write.bind(stream);
      const take = (chunk: string | Uint8Array): boolean => {
        const text = typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk);
        // Node's own warnings.
        if (!text.startsWith("{")) return write(chunk);
        written += text;
        return true;
      };
      spies.push(jest.spyOn(stream, "write").mockImplementation(take));
    }
  });
  afterEach(() => {
    for (const spy of spies.splice(0)) spy.mockRestore();
  });
  return () =>
    written
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
}
