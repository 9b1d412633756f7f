/** What a second look at the server has told. */
export type Diagnosis =
  | { readonly kind: "other-host-key"; readonly shown: string }
  | { readonly kind: "accepted-host-key" }
  | { readonly kind: "unreachable"; readonly isRefused: boolean };

/**
 * Reads what `ssh -v` has written.
 *
 * @param accepted fingerprints, as `SHA256:…`.
 */
export function readDiagnosis(stderr: string, accepted: readonly string[]): Diagnosis {
  // At the start of a line: what a server sends stands behind words of ssh's own.
  const shown = /^debug1: Server host key: (?<type>[\w@.-]+) (?<fingerprint>SHA256:[\w+/]+)/m.exec(stderr)?.groups;
  if (shown === undefined)
    return { kind: "unreachable", isRefused: /^ssh: connect to .*: Connection refused\r?$/m.test(stderr) };
  const { type = "", fingerprint = "" } = shown;
  return accepted.includes(fingerprint)
    ? { kind: "accepted-host-key" }
    : { kind: "other-host-key", shown: `${type} ${fingerprint}` };
}
