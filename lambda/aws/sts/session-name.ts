import { createHash } from "node:crypto";
import { isMachineSessionName } from "../../../contract/person-id.ts";

/** Characters: the bounds of STS on a RoleSessionName and a SourceIdentity. */
const shortest = 2;
const longest = 64;

/** Characters of the hash that keeps sanitised names distinct: 96 bits, so that nobody finds two subjects with one name. */
const hashLength = 24;

/**
 * Names the subject in CloudTrail and in the host's own log: as RoleSessionName and as SourceIdentity, which both take
 * only `[\w+=,.@-]`, 2 to 64 of them. If a name does not fit, as no machine's does, 24 characters of its hash keep it
 * distinct. A name that only looks like that gets a hash too.
 */
export function sessionNameOf(subject: string): string {
  const plain = subject.replace(/[^\w+=,.@-]/g, "-");
  const fits = plain === subject && plain.length >= shortest && plain.length <= longest;
  if (fits && !isMachineSessionName(plain)) return plain;
  const hash = createHash("sha256").update(subject).digest("hex").slice(0, hashLength);
  return `${plain.slice(0, longest - hashLength - 1)}-${hash}`;
}
