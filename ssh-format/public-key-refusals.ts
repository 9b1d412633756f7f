/** Why a public key is refused: the code of the API's answer, and the sentence which tells the caller what to do. */
export const publicKeyRefusals = {
  "private-key":
    "This is a private key: treat it as disclosed, make a new key pair, and send only the .pub file of the new one.",
  "too-long": "The key is longer than 4096 characters: send one public key, with a shorter comment or header.",
  "control-character":
    "The key holds a control or invisible character, such as a byte order mark or a no-break space: send plain text.",
  empty: "The key is empty: send the contents of a .pub file.",
  "multiple-keys": "There is more than one key: send exactly one.",
  "extra-lines":
    "There are lines besides the key, or the key is wrapped: send the one line of a .pub file, without line breaks.",
  "options-not-allowed":
    "The key has authorized_keys options before it: send the line from its algorithm's name onwards.",
  "unsupported-format":
    "This is neither an OpenSSH public key line nor an SSH2 (RFC 4716) frame: convert it with ssh-keygen -i.",
  "malformed-frame":
    "The SSH2 (RFC 4716) frame is malformed: send it from its BEGIN line to its END line, and nothing else.",
  "invalid-base64": "The key is not valid base64: copy the whole line again, without changing it.",
  certificate: "This is a certificate: send the public key which it certifies.",
  "unsupported-algorithm":
    "EC2 Instance Connect takes only ssh-ed25519 and ssh-rsa keys: make one with ssh-keygen -t ed25519.",
  "algorithm-mismatch":
    "The algorithm named before the key is not the one inside it: copy the whole line again, without changing it.",
  "malformed-key": "The key is cut short, too long or wrongly encoded: copy the whole line again, without changing it.",
  "modulus-too-short":
    "The RSA key has fewer than 2048 bits: make one with ssh-keygen -t ed25519, or -t rsa with -b 3072.",
  "modulus-too-long":
    "The RSA key has more than 4096 bits: make one with ssh-keygen -t ed25519, or -t rsa with -b 3072.",
  "invalid-exponent":
    "The RSA key's public exponent is even, below 3 or over 64 bits long: make a new key with ssh-keygen.",
  "weak-key": "The key protects nothing, as anybody could sign in its name: make a new one with ssh-keygen.",
} as const;

export type PublicKeyRefusal = keyof typeof publicKeyRefusals;
