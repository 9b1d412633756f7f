import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const program = require.resolve("@stoplight/prism-cli");

export interface Prism {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts Prism as a validating proxy: it reads the OpenAPI document, passes requests on to `upstream`, and holds requests
 * and answers against the document.
 *
 * @param errors with `--errors`: what the document does not describe is refused, instead of noted in the header `sl-violations`.
 */
export async function startPrism(document: string, upstream: string, { errors }: { errors: boolean }): Promise<Prism> {
  const args = ["proxy", document, upstream, "--port", "0", "--cors", "false", ...(errors ? ["--errors"] : [])];
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    const read = (text: string) => {
      said += text;
      const found = /Prism is listening on (http:\/\/127\.0\.0\.1:[0-9]+)/.exec(said)?.[1];
      if (found) resolve(found);
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
    child.once("error", reject).once("exit", (code) => reject(new Error(`Prism ended with ${code}: ${said}`)));
  });
  return {
    url,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
