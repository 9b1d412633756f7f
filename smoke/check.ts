import { visible } from "../client/terminal/terminal.ts";

/** Something that only a deployment can show. */
export interface Check {
  readonly name: string;
  /** @returns what was seen. @throws NotCheckable; any other error is a failure. */
  readonly run: () => Promise<string>;
}

/** The check says nothing about the deployment: the message tells what it needs. */
export class NotCheckable extends Error {}

export interface Result {
  readonly name: string;
  readonly verdict: "passed" | "failed" | "not checkable here";
  readonly says: string;
}

export async function runCheck({ name, run }: Check): Promise<Result> {
  try {
    return { name, verdict: "passed", says: await run() };
  } catch (error) {
    const verdict = error instanceof NotCheckable ? "not checkable here" : "failed";
    return { name, verdict, says: error instanceof Error ? error.message : String(error) };
  }
}

/** One line, without anything that a terminal would obey: it may quote an instance or a proxy. */
export const lineOf = ({ name, verdict, says }: Result) => `${verdict}: ${name}: ${visible(says)}`;
