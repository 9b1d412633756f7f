/**
 * How the command ends, by the numbers of BSD's sysexits(3): high enough not to look like the exit code of a remote command.
 * Once `ssh`, `scp` or `sftp` runs, its exit code is ours.
 */
export const exitCodes = {
  ok: 0,
  /** Tests of policies that fail, or a difference that they were compared for. */
  failed: 1,
  /** Policies, settings or files about them that cannot be used. */
  unusable: 2,
  /** A command, option or argument that there is not. */
  usage: 64,
  /** The API refused what was sent as invalid, or a file is invalid or incomplete. */
  invalid: 65,
  /** A file that cannot be read. */
  noInput: 66,
  /** No such instance or access request, or a name that several have. */
  notFound: 68,
  /** Out of reach for now: instance not running, no route, the API or AWS down. */
  unavailable: 69,
  /** A fault of the client's own. */
  internal: 70,
  /** The output cannot be written. */
  output: 74,
  /** The same again, later, may succeed. */
  tryAgain: 75,
  /** What responded is not Latchkey, or not of this version. */
  protocol: 76,
  /** Not allowed: by signature, policy or a reviewer. */
  noPermission: 77,
  /** No URL, no credentials, or a config file that is not valid. */
  configuration: 78,
  /** Ctrl-C, as a shell tells it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
