import { PublicKeyAlgorithm, SshAlgorithms, SshSessionConfiguration } from "@microsoft/dev-tunnels-ssh";
import { Ed25519 } from "./ed25519.ts";

const { keyExchange, publicKey, encryption } = SshAlgorithms;

/** In the order that OpenSSH prefers: all host key types that Latchkey knows. RSA signs with SHA-2 only. */
const hostKeyAlgorithms: readonly PublicKeyAlgorithm[] = [
  new Ed25519(),
  publicKey.ecdsaSha2Nistp256,
  publicKey.ecdsaSha2Nistp384,
  publicKey.ecdsaSha2Nistp521,
  publicKey.rsaWithSha512,
  publicKey.rsaWithSha256,
].filter((algorithm) => algorithm instanceof PublicKeyAlgorithm);

/**
 * What a session offers to the host.
 *
 * @param knownTypes the types of the host keys that are known. They are preferred, as ssh prefers them: a host that has one of
 *   them shows it.
 */
export function configurationFor(knownTypes: readonly string[]): SshSessionConfiguration {
  const configuration = new SshSessionConfiguration();
  const isKnown = ({ keyAlgorithmName }: PublicKeyAlgorithm) => knownTypes.includes(keyAlgorithmName);
  replace(configuration.publicKeyAlgorithms, [
    ...hostKeyAlgorithms.filter(isKnown),
    ...hostKeyAlgorithms.filter((algorithm) => !isKnown(algorithm)),
  ]);
  // Elliptic curves only, as WebCrypto has them: what other groups need is not in the bundle. Every sshd since 2011 has these.
  const { ecdhNistp256Sha256, ecdhNistp384Sha384, ecdhNistp521Sha512 } = keyExchange;
  replace(configuration.keyExchangeAlgorithms, [ecdhNistp384Sha384, ecdhNistp256Sha256, ecdhNistp521Sha512]);
  // GCM only: without strict key exchange, which the library lacks, other modes are open to CVE-2023-48795 (Terrapin).
  replace(configuration.encryptionAlgorithms, [encryption.aes256Gcm ?? null]);
  // The library's own extensions are for its own server.
  replace(configuration.protocolExtensions, []);
  return configuration;
}

/** The library's lists are filled already. */
function replace<Item>(list: Item[], items: readonly Item[]): void {
  list.splice(0, list.length, ...items);
}
