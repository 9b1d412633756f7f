import type { Connection, HostKey } from "../../sdk/types.ts";
import { handleOf } from "../instances/place.ts";
import type { IdentityUses } from "../keys/identity.ts";
import { type CommandLine, ownCommand } from "../quoting/own-command.ts";
import { printedCommand } from "../quoting/shell-words.ts";
import { visible } from "../terminal/terminal.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { type HostKeyCheck, hostKeyNameOf } from "./known-hosts.ts";

/** Something to say, and what to do about it. */
export interface Advice {
  readonly note: string;
  readonly hint: string;
}

/** How ssh ended, as it is known from outside: what it wrote went to the terminal. */
export interface Ending {
  readonly connection: Connection;
  readonly check: HostKeyCheck;
  /** Undefined if the key is the user's own. */
  readonly uses: IdentityUses | undefined;
  /** By the user's clock and the API's answer: whether the pushed key had ended when ssh did. */
  readonly isKeyOver: boolean;
  /** Whether ssh ended so soon that it can hardly have logged in. */
  readonly isEarly: boolean;
  readonly commandLine: CommandLine;
  /** Where pinned keys are. */
  readonly pinFile: string;
}

/** Exit code of ssh for faults of its own; a remote command may end with it too. */
export const sshFault = 255;

/** How far ssh came, as the agent has seen it. */
export function progressOf(uses: IdentityUses | undefined): "signed" | "looked" | "neither" | "unknown" {
  if (uses === undefined) return "unknown";
  if (uses.signatures > 0) return "signed";
  return uses.looks > 0 ? "looked" : "neither";
}

/**
 * Explains an ssh that has ended with 255.
 *
 * @param diagnosis of a second look; undefined where none was taken.
 * @returns undefined where ssh's own words are all there is to say.
 */
export function adviceAfter(ending: Ending, diagnosis: Diagnosis | undefined): Advice | undefined {
  const progress = progressOf(ending.uses);
  // The server took the key: what came later is the session's own story.
  if (progress === "signed") return undefined;
  if (progress === "looked") return keyRefused(ending);
  switch (diagnosis?.kind) {
    case "other-host-key":
      return otherHostKey(ending, diagnosis.shown);
    case "unreachable":
      return unreachable(ending, diagnosis.isRefused);
    case "accepted-host-key":
      // With a key of the user's own this is all that is known: the remote command may have said 255 itself.
      if (progress !== "unknown" || !ending.isEarly) return undefined;
      return { ...keyRefused(ending), note: 'if ssh has said "Permission denied", this is why:' };
    default:
      return undefined;
  }
}

/** "Permission denied" has four causes, and the server tells none of them (aws-ec2-instance-connect-config#32). */
function keyRefused({ connection, isKeyOver }: Ending): Advice {
  const { connectionType, expiresAt } = connection;
  const [instanceId, user] = [visible(connection.instanceId), visible(connection.user)];
  if (isKeyOver) {
    return {
      note: `${instanceId} no longer takes the key: AWS kept it for a minute, until ${clockTime(expiresAt)}`,
      hint: "run the command again; if that does not help, the instance's clock is wrong",
    };
  }
  if (connectionType === "serial") {
    return {
      note: `the serial console of ${instanceId} does not take the key`,
      hint: "the account has to allow serial console access, and the instance has one session at a time",
    };
  }
  return {
    note: `AWS has the key for ${user} on ${instanceId} until ${clockTime(expiresAt)}, but the instance does not take it`,
    hint: `either there is no user ${user} (try --os-user), or the image has no EC2 Instance Connect (package ec2-instance-connect), or its sshd has an AuthorizedKeysCommand of its own, or it cannot reach its metadata service`,
  };
}

/**
 * @param shown type and fingerprint of the key.
 * @returns undefined if none was known, so that the user has just declined it.
 */
export function otherHostKey(
  ending: Pick<Ending, "connection" | "check" | "pinFile" | "commandLine">,
  shown: string,
): Advice | undefined {
  const { connection, check, pinFile } = ending;
  if (check.kind === "unknown") return undefined; // the user has just said no
  const name = visible(connection.hostKeyAlias);
  return {
    note: `${name} shows another host key than the one that is known, so nothing was sent to it\nshown: ${visible(shown)}\nknown: ${knownWords(check, pinFile)}`,
    hint: otherKeyHint(ending),
  };
}

function knownWords(check: Exclude<HostKeyCheck, { kind: "unknown" }>, pinFile: string): string {
  if (check.kind === "fingerprint") return `${visible(check.fingerprint)}, published by AWS`;
  if (check.kind === "pinned") return `accepted on this machine before, in ${visible(pinFile)}`;
  return check.hostKeys.map(knownKeyWords).join("\nknown: ");
}

const sourceWords: Readonly<Record<string, string>> = {
  registered: "registered by an operator",
  console: "read from the instance's console",
  pinned: "pinned at first use",
};

function knownKeyWords({ type, fingerprint, source, observedAt }: HostKey): string {
  return visible(
    `${type} ${fingerprint}, ${Object.hasOwn(sourceWords, source) ? sourceWords[source] : source} on ${observedAt.slice(0, 10)}`,
  );
}

function otherKeyHint({
  connection,
  check: { kind },
  pinFile,
  commandLine,
}: Parameters<typeof otherHostKey>[0]): string {
  if (kind === "fingerprint")
    return "AWS changes these rarely and says so: do not connect before you have looked it up";
  const doubt = "if nobody has reinstalled it, somebody may stand between: do not connect";
  const remedy =
    kind === "pinned"
      ? `if it has a new key, forget the old one: ${printedCommand(["ssh-keygen", "-R", hostKeyNameOf(connection), "-f", pinFile], commandLine.platform)}`
      : `if it has a new key, an operator registers that: ${ownCommand(commandLine, ["host-keys", handleOf(connection), "--register", "FILE"], "other")}`;
  return `${doubt}; ${remedy}`;
}

function unreachable({ connection }: Ending, isRefused: boolean): Advice | undefined {
  const { connectionType, port } = connection;
  const [instanceId, host] = [visible(connection.instanceId), visible(connection.host)];
  if (connectionType === "eice") return undefined; // the tunnel tells itself
  return {
    note: `${instanceId} does not answer as an SSH server on ${host}, port ${port}`,
    hint: isRefused
      ? "nothing listens there: sshd may not have started yet, or it has another port (--ssh-port, or the tag latchkey:ssh-port)"
      : "its security group has to let you in to that port, and there has to be a route from here; --connection-type eice goes through an endpoint",
  };
}

/** Says why nothing is copied, to or from an instance that accepts logins but has no sftp. */
export function withoutSftp(
  { connection, commandLine }: Pick<Ending, "connection" | "commandLine">,
  program: "scp" | "sftp",
): Advice {
  const copies = `${ownCommand(commandLine, ["scp", "-O"])} copies`;
  return {
    note: `${visible(connection.instanceId)} has no sftp, which ${program} needs`,
    hint:
      program === "scp"
        ? `${copies} by the older protocol, which needs only scp on the instance`
        : `${copies} without sftp, and needs only scp on the instance`,
  };
}

/** `12:34:56 UTC` */
export function clockTime(time: string): string {
  return visible(`${time.slice(11, 19)} UTC`);
}
