import { awsProblem } from "../faults.ts";
import type { JsonCall } from "../json-calls.ts";

/**
 * Reads the current text of a secret. @returns undefined if it has none yet.
 *
 * @throws Problem of `awsProblem`.
 */
export function secretReader(call: JsonCall, secretArn: string) {
  return async (signal: AbortSignal): Promise<string | undefined> => {
    try {
      const { SecretString } = (await call("secretsmanager", "GetSecretValue", { SecretId: secretArn }, signal)) as {
        readonly SecretString?: string;
      };
      return SecretString;
    } catch (error) {
      if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
      throw awsProblem(error, signal);
    }
  };
}
