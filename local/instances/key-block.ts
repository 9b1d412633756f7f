import { constants, sign } from "node:crypto";
import type { ActiveKeys } from "./active-keys.ts";

/** Bytes: the agent verifies with this length of salt and no other. */
const saltLength = 32;

/**
 * The active keys of an OS user, in the format of the instance metadata: a block for each. The format comes
 * from AWS's agent (`eic_parse_authorized_keys` in https://github.com/aws/aws-ec2-instance-connect-config).
 *
 * @param signerKey PEM of an RSA key: EC2 Instance Connect's own
 * @returns "" if none is active
 */
export function keyBlocks(activeKeys: ActiveKeys, instanceId: string, osUser: string, signerKey: string): string {
  return activeKeys
    .list(instanceId, osUser)
    .map(({ keyLine, expiresAt, origin }) =>
      signedBlock(
        [
          // Whole seconds, rounded down: the agent knows only those, and a key must not outlive its minute.
          `#Timestamp=${Math.floor(expiresAt.getTime() / 1000)}`,
          `#Instance=${instanceId}`,
          ...(origin ? [`#Caller=${origin.caller}`, `#Request=${origin.requestId}`] : []),
          keyLine,
        ],
        signerKey,
      ),
    )
    .join("");
}

/** The lines of a block, their RSA-PSS-SHA256 signature in base64, and a blank line. */
export function signedBlock(lines: readonly string[], signerKey: string): string {
  const text = lines.map((line) => `${line}\n`).join("");
  const key = { key: signerKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  return `${text}${sign("sha256", Buffer.from(text), key).toString("base64")}\n\n`;
}
