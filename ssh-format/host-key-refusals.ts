import { commonRefusals, type PublicKeyRefusal } from "./public-key-refusals.ts";

/** Why a host key is refused: the code in the API's response, and a sentence that tells the operator what to do. */
export const hostKeyRefusals = {
  ...commonRefusals("The key"),
  "private-key":
    "The key is a private key. Treat it as disclosed: make new host keys on the instance and send only their .pub files.",
  empty: "The key is empty; send the line of an /etc/ssh/ssh_host_*_key.pub file.",
  "unsupported-format":
    "The key is not the line of a .pub file; send the type and the base64, without the host name that known_hosts and ssh-keyscan put first.",
  certificate: "The key is a host certificate; send the host key that it certifies.",
  "unsupported-algorithm":
    "Host keys must be ssh-ed25519, ssh-rsa, or ecdsa-sha2-nistp256, -nistp384 or -nistp521; send one of these.",
  "modulus-too-short": "The RSA key has fewer than 2048 bits; send the instance's Ed25519 or ECDSA host key.",
  "modulus-too-long":
    "The RSA key has more than 16384 bits, which OpenSSH does not accept; send another of the instance's host keys.",
  "invalid-exponent":
    "The RSA key's public exponent is even, below 3 or longer than 64 bits; send another of the instance's host keys.",
  "weak-key": "The key is weak: anybody could sign with it; make new host keys on the instance.",
  "duplicate-key": "The list contains the same key twice; send each key once.",
} as const satisfies Record<PublicKeyRefusal | "duplicate-key", string>;

export type HostKeyRefusal = keyof typeof hostKeyRefusals;
