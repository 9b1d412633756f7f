/** What a second look at the server has told. */
export type Diagnosis =
  | { readonly kind: "other-host-key"; readonly shown: string }
  | { readonly kind: "accepted-host-key" }
  | { readonly kind: "unreachable"; readonly isRefused: boolean };

/**
 * Reads what `ssh -v` has written.
 *
 * @returns undefined if it shows no reason.
 * @param accepted fingerprints, as `SHA256:…`.
 */
export function readDiagnosis(stderr: string, accepted: readonly string[]): Diagnosis | undefined {
  // At the start of a line: what a server sends stands behind words of ssh's own.
  const shown = /^debug1: Server host key: (?<type>[\w@.-]+) (?<fingerprint>SHA256:[\w+/]+)/m.exec(stderr)?.groups;
  if (shown === undefined) {
    // Without these words it may be anything: ssh's own say it then.
    const reason = /^ssh: connect to (?:host|address) .*: (?<reason>[^:\r\n]+)\r?$/m.exec(stderr)?.groups?.["reason"];
    return reason === undefined ? undefined : { kind: "unreachable", isRefused: reason === "Connection refused" };
  }
  const { type = "", fingerprint = "" } = shown;
  return accepted.includes(fingerprint)
    ? { kind: "accepted-host-key" }
    : { kind: "other-host-key", shown: `${type} ${fingerprint}` };
}
