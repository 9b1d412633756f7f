import { fingerprintOfLine } from "../../ssh-format/fingerprint.ts";

/**
 * What the console shows of a first boot of Amazon Linux 2023: the kernel, systemd, cloud-init with the block of host keys, and a
 * prompt to log in. Lines end in CR LF, as a terminal makes them.
 *
 * @param hostName the instance's own, which is also the comment of its host keys.
 * @param hostKeys each `<type> <base64>`.
 */
export function bootLog(hostName: string, hostKeys: readonly string[], at: Date): string {
  const date = at.toUTCString().slice(5, 25);
  const [day = "", month = "", , time = ""] = date.split(" ");
  const tag = `<14>${month} ${String(Number(day)).padStart(2)} ${time} cloud-init: `;
  const lines = [
    "[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x413fd0c1]",
    "[    0.000000] Linux version 6.1.156-177.286.amzn2023.aarch64 (mockbuild@ip-10-0-36-62) #1 SMP",
    "[    0.000000] Kernel command line: BOOT_IMAGE=(hd0,gpt1)/boot/vmlinuz root=UUID=0 ro console=tty0 console=ttyS0,115200n8",
    "[    1.213907] systemd[1]: Detected virtualization amazon.",
    "[\u001b[0;32m  OK  \u001b[0m] Started \u001b[0;1;39msshd.service\u001b[0m - OpenSSH server daemon.",
    "         Starting \u001b[0;1;39mcloud-final.service\u001b[0m - Execute cloud user/final scripts...",
    `[   11.618244] cloud-init[1602]: Cloud-init v. 22.2.2 running 'modules:final' at ${date} +0000. Up 11.58 seconds.`,
    "ci-info: no authorized SSH keys fingerprints found for user ec2-user.",
    `${tag}#############################################################`,
    `${tag}-----BEGIN SSH HOST KEY FINGERPRINTS-----`,
    ...hostKeys.map((key) => `${tag}256 ${fingerprintOfLine(key)} root@${hostName} (ED25519)`),
    `${tag}-----END SSH HOST KEY FINGERPRINTS-----`,
    `${tag}#############################################################`,
    ...hostKeyBlock(hostKeys.map((key) => `${key} root@${hostName}`)),
    `[   11.874502] cloud-init[1602]: Cloud-init v. 22.2.2 finished at ${date} +0000. Datasource DataSourceEc2.  Up 11.86 seconds`,
    "",
    "Amazon Linux 2023.9.20251020",
    "Kernel 6.1.156-177.286.amzn2023.aarch64 on an aarch64 (-)",
    "",
  ];
  return `${lines.map((line) => `${line}\r\n`).join("")}${hostName} login: `;
}

/** The lines of cloud-init's block. @param lines each `<type> <base64> <comment>`, or any other line for a test. */
export function hostKeyBlock(lines: readonly string[]): string[] {
  return ["-----BEGIN SSH HOST KEY KEYS-----", ...lines, "-----END SSH HOST KEY KEYS-----"];
}
