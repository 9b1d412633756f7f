import { publicKeyRefusals } from "./public-key-refusals.ts";

/** Why a host key is refused: the code of the API's answer, and the sentence which tells the operator what to do. */
export const hostKeyRefusals = {
  ...publicKeyRefusals,
  "private-key":
    "This is a private key: treat it as disclosed, make new host keys on the instance, and send only their .pub files.",
  empty: "The key is empty: send the line of an /etc/ssh/ssh_host_*_key.pub.",
  "unsupported-format":
    "This is not the line of a .pub file. Send the type and the base64; leave out the host name that known_hosts and ssh-keyscan put before them.",
  certificate: "This is a host certificate: send the host key which it certifies.",
  "unsupported-algorithm":
    "Host keys are ssh-ed25519, ssh-rsa, or ecdsa-sha2-nistp256, -nistp384 or -nistp521: send one of these.",
  "modulus-too-short": "The RSA key has fewer than 2048 bits: send the instance's Ed25519 or ECDSA host key.",
  "modulus-too-long":
    "The RSA key has more than 16384 bits, which OpenSSH does not take: send another of the instance's host keys.",
  "invalid-exponent":
    "The RSA key's public exponent is even, below 3 or over 64 bits long: send another of the instance's host keys.",
  "weak-key": "The key protects nothing, as anybody could sign in its name: make new host keys on the instance.",
  "duplicate-key": "The same key stands in the list twice: send each key once.",
} as const;

export type HostKeyRefusal = keyof typeof hostKeyRefusals;
