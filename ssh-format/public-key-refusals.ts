/** The reasons that callers' keys and host keys have in common. @param name what the caller calls the key. */
export const commonRefusals = (name: string) =>
  ({
    "too-long": `${name} is longer than 4096 characters; send one public key with a shorter comment or header.`,
    "control-character": `${name} contains a control or invisible character, such as a byte order mark; send plain text.`,
    "multiple-keys": `${name} contains more than one key; send exactly one.`,
    "extra-lines": `${name} contains other lines, or is wrapped; send the one line of a .pub file, without line breaks.`,
    "options-not-allowed": `${name} starts with authorized_keys options; send the line from the algorithm onwards.`,
    "malformed-frame": `${name} is a malformed SSH2 (RFC 4716) file; send it from its BEGIN line to its END line, and nothing else.`,
    "invalid-base64": `${name} is not valid base64; copy the whole line again.`,
    "algorithm-mismatch": `${name} names one algorithm and contains a key of another; copy the whole line again.`,
    "malformed-key": `${name} is truncated, too long or wrongly encoded; copy the whole line again.`,
  }) as const;

/** Why a public key is refused: the code in the API's response, and a sentence that tells the caller what to do. */
export const publicKeyRefusals = {
  ...commonRefusals("publicKey"),
  "private-key":
    "publicKey contains a private key. Treat it as disclosed: make a new key pair and send only its .pub file.",
  empty: "publicKey is empty; send the contents of a .pub file.",
  "unsupported-format":
    "publicKey is neither an OpenSSH public key line nor an SSH2 (RFC 4716) file; convert it with ssh-keygen -i.",
  certificate: "publicKey is a certificate; send the public key that it certifies.",
  "unsupported-algorithm":
    "EC2 Instance Connect accepts only ssh-ed25519 and ssh-rsa keys; make one with ssh-keygen -t ed25519.",
  "modulus-too-short": "The RSA key has fewer than 2048 bits; make one with ssh-keygen -t ed25519, or -t rsa -b 3072.",
  "modulus-too-long": "The RSA key has more than 4096 bits; make one with ssh-keygen -t ed25519, or -t rsa -b 3072.",
  "invalid-exponent":
    "The RSA key's public exponent is even, below 3 or longer than 64 bits; make a new key with ssh-keygen.",
  "weak-key": "The key is weak: anybody could sign with it; make a new one with ssh-keygen.",
} as const;

export type PublicKeyRefusal = keyof typeof publicKeyRefusals;
