import { randomUUID } from "node:crypto";
import * as z from "zod";
import { json, readJson, targetBehind } from "./json-call.ts";
import { ServiceError } from "./service-error.ts";
import type { Call, Reply, Service } from "./stand-in.ts";

interface Version {
  readonly id: string;
  readonly text: string;
}

/** What Secrets Manager keeps, by the ARNs of the secrets. Tests put new versions, as a rotation does. */
export class Secrets {
  /** Set by tests: every call fails. */
  isDown = false;
  readonly #current = new Map<string, Version>();

  put(arn: string, text: string): void {
    this.#current.set(arn, { id: randomUUID(), text });
  }

  current(arn: string): Version | undefined {
    return this.#current.get(arn);
  }
}

const getSecretValue = z.strictObject({
  /** Its ARN: the stack never goes by a name alone. */
  SecretId: z.string().startsWith("arn:"),
  VersionStage: z.literal("AWSCURRENT").optional(),
});

/** Stand-in for Secrets Manager: reads of current versions. */
export function secretsService(secrets: Secrets): Service {
  return {
    name: "secretsmanager",
    operationOf: (headers) => targetBehind("secretsmanager.", headers),
    operations: { GetSecretValue: (call) => read(call, secrets) },
    describeError: ({ code, message, status }) => json("1.1", { __type: code, message }, status),
  };
}

function read(call: Call, secrets: Secrets): Reply {
  const { SecretId } = readJson(getSecretValue, call);
  if (!call.allows("secretsmanager:GetSecretValue", SecretId)) {
    throw new ServiceError("AccessDeniedException", 400, "Not authorized to read this secret");
  }
  if (secrets.isDown) throw new ServiceError("InternalServiceError", 503, "Secrets Manager is down");
  const version = secrets.current(SecretId);
  if (!version) throw new ServiceError("ResourceNotFoundException", 400, "The secret has no current version");
  return json("1.1", {
    ARN: SecretId,
    // Secrets Manager adds six characters of its own to the name.
    Name: SecretId.replace(/^.*:secret:/, "").replace(/-[A-Za-z0-9]{6}$/, ""),
    SecretString: version.text,
    VersionId: version.id,
    VersionStages: ["AWSCURRENT"],
  });
}
