import { afterEach, beforeEach, jest } from "@jest/globals";

export type LogLine = Readonly<Record<string, unknown>>;

/**
 * Takes what the code under test logs, so that it does not reach the terminal. Called at the top of a test file.
 *
 * @returns gives the lines of the running test so far; throws where one begins like JSON and is none.
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
        // What is not the code's: Node's own warnings.
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
