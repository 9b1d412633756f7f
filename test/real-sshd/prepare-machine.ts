import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import buildBundles from "../e2e/build-bundles.ts";

/** Debian's path. sshd must be started by its full path. */
export const sshd = "/usr/sbin/sshd";

/** The OS users that the suite logs in as, with their shells. */
const osUsers = { "ec2-user": "/bin/sh", ubuntu: "/bin/sh", admin: "/bin/bash" };

/**
 * Prepares this machine for the suite: creates sshd's directory, and accounts to log in to, which stay. So it requires consent,
 * `LATCHKEY_REAL_SSHD=1`, which `.ci/run` sets. Nothing is skipped: anything missing is an error.
 */
export default async function prepareMachine(): Promise<void> {
  if (process.env["LATCHKEY_REAL_SSHD"] !== "1") {
    throw new Error(
      `This suite adds the accounts ${Object.keys(osUsers).join(", ")} to the machine: allow it by LATCHKEY_REAL_SSHD=1`,
    );
  }
  if (process.getuid?.() !== 0) throw new Error("sshd lets other users in only where it is started by root");
  if (!existsSync(sshd)) throw new Error(`There is no ${sshd}: install Debian's openssh-server`);
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 }); // where sshd gives up its rights; it refuses to start without
  for (const [osUser, shell] of Object.entries(osUsers)) prepareAccount(osUser, shell);
  await buildBundles();
}

/** Adds the account if it is missing. It has no password but is not locked: without PAM, sshd refuses locked accounts. */
function prepareAccount(osUser: string, shell: string): void {
  const passwordHash = shadowEntry(osUser)?.split(":")[1];
  if (passwordHash === undefined) {
    execFileSync("useradd", ["--create-home", "--shell", shell, "--password", "*", osUser]);
  } else if (passwordHash.startsWith("!")) {
    throw new Error(`The account ${osUser} is locked: usermod --password '*' ${osUser}`);
  }
}

function shadowEntry(osUser: string): string | undefined {
  try {
    return execFileSync("getent", ["shadow", osUser], { encoding: "utf8" });
  } catch {
    return undefined; // getent fails for who is not there
  }
}
