import { createHash } from "node:crypto";

/** Characters: the bounds of STS on a RoleSessionName and a SourceIdentity. */
const shortest = 2;
const longest = 64;

/** Characters of the hash that keeps sanitised names distinct. */
const hashLength = 12;

/**
 * Names the subject in CloudTrail and in the host's own log: as RoleSessionName and as SourceIdentity, which both take
 * only `[\w+=,.@-]`, 2 to 64 of them. If a name does not fit, 12 characters of its hash keep it distinct.
 */
export function sessionNameOf(subject: string): string {
  const plain = subject.replace(/[^\w+=,.@-]/g, "-");
  if (plain === subject && plain.length >= shortest && plain.length <= longest) return plain;
  const hash = createHash("sha256").update(subject).digest("hex").slice(0, hashLength);
  return `${plain.slice(0, longest - hashLength - 1)}-${hash}`;
}
