import { readFileSync } from "node:fs";
import Module from "node:module";
import type tls from "node:tls";

/** Names the file for the probe; functions do not read it. */
export const authorityVariable = "LATCHKEY_BENCH_AUTHORITY";

type Load = (name: string, ...rest: readonly unknown[]) => unknown;

/** Node's own loader of modules, which its types leave out. */
const loader = Module as unknown as { _load: Load };

/**
 * Has TLS trust one more authority. It waits until a bundle loads TLS, so that the cost of that falls where it does on
 * Lambda, and reads no more than the one certificate: NODE_EXTRA_CA_CERTS changes how Node loads all of them.
 *
 * @param file in PEM.
 * @param onTls is called before the bundle has it.
 */
export function trustFrom(file: string, onTls?: (loaded: typeof tls) => void): void {
  const load = loader._load;
  loader._load = (name, ...rest) => {
    if (!/^(?:node:)?(?:https|http2|tls)$/.test(name)) return load(name, ...rest);
    loader._load = load;
    const loaded = load("node:tls") as typeof tls;
    addAuthority(loaded, readFileSync(file, "utf8"));
    onTls?.(loaded);
    return load(name, ...rest);
  };
}

function addAuthority(loaded: typeof tls, certificate: string): void {
  const create = loaded.createSecureContext;
  loaded.createSecureContext = (options) => {
    const made = create(options);
    made.context.addCACert(certificate);
    return made;
  };
}
