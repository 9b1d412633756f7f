import type { Connection } from "../sdk/types.ts";
import { NotCheckable } from "./check.ts";
import type { SmokeWorld } from "./world.ts";

const withoutSudo = 71;
const withoutAgent = 72;

/** Prints the agent's recent lines, on any of the systems that have one. */
const readLog = [
  `sudo -n true 2>/dev/null || exit ${withoutSudo}`,
  `sudo -n sshd -T 2>/dev/null | grep -qi '^authorizedkeyscommand .*eic_run_authorized_keys' || exit ${withoutAgent}`,
  "sudo -n journalctl --no-pager --since=-15min -t ec2-instance-connect 2>/dev/null",
  "sudo -n tail -n 500 /var/log/auth.log /var/log/secure 2>/dev/null | grep ec2-instance-connect",
  "true",
].join("\n");

/** Whether the instance logged the key of a connection that was used to log in. @throws NotCheckable without sudo or agent. */
export async function checkHostLog({ logIn }: SmokeWorld, connection: Connection): Promise<string> {
  const { code, stdout, stderr } = await logIn(connection, readLog);
  if (code === withoutSudo) throw new NotCheckable(`${connection.user} may not use sudo without a password`);
  if (code === withoutAgent) throw new NotCheckable("its sshd does not ask the EC2 Instance Connect agent");
  if (code !== 0) throw new NotCheckable(`ssh ended with ${code}: ${stderr.trim()}`);
  const lines = stdout.split("\n").filter((line) => line.includes(connection.publicKeyFingerprint));
  const [, requestId] = lines.map((line) => /request-id:? *([\w-]+)/i.exec(line)).find((match) => match !== null) ?? [];
  if (lines.length === 0) throw new Error(`the agent logged no line with ${connection.publicKeyFingerprint}`);
  return `the agent logged the key's fingerprint${requestId === undefined ? "" : ` and AWS's request id ${requestId}`}`;
}
