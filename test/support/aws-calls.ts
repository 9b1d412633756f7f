import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type FunctionName, functionNames } from "../../contract/routes.ts";
import { bundle, handlerOf } from "../../lib/build/bundle.ts";

/** The prefix of IAM's actions for each of the SDK's clients. */
const services: Readonly<Record<string, string>> = {
  "client-dynamodb": "dynamodb",
  "client-ec2": "ec2",
  "client-ec2-instance-connect": "ec2-instance-connect",
  "client-eventbridge": "events",
  "client-organizations": "organizations",
  "client-sqs": "sqs",
  "client-sts": "sts",
};

const commandFile = /@aws-sdk\/(client-[a-z0-9-]+)\/.*\/commands\/(\w+)Command\.js$/;

/**
 * The calls to AWS that each function's code can make, as IAM names them: read from what its bundle is made of. The bundler
 * leaves out every function that the handler does not reach, and with it the command that only such a function sends.
 *
 * @throws Error where a client is bundled that is not listed here.
 */
export async function awsCalls(): Promise<Record<FunctionName, string[]>> {
  const directory = await mkdtemp(path.join(tmpdir(), "latchkey-"));
  try {
    const entries = functionNames.map((name) => ({ in: handlerOf(name), out: name }));
    const { outputs } = await bundle(entries, directory);
    const calls = functionNames.map((name) => {
      const output = Object.values(outputs).find(({ entryPoint }) => entryPoint === handlerOf(name));
      const files = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
      return [name, files.flatMap(([file]) => callOf(file)).sort()] as const;
    });
    // Object.fromEntries loses the type: every name is present.
    return Object.fromEntries(calls) as unknown as Record<FunctionName, string[]>;
  } finally {
    await rm(directory, { recursive: true });
  }
}

function callOf(file: string): string[] {
  const [, client = "", command] = commandFile.exec(file) ?? [];
  if (command === undefined) return [];
  const service = services[client];
  if (!service) throw new Error(`${file} is bundled: what are the actions of ${client} called?`);
  return [`${service}:${command}`];
}
