import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { BundleName } from "../contract/routes.ts";
import type { RunningParts } from "../local/shared/running-parts.ts";
import { authorityVariable } from "./authority.ts";
import { type Certificate, makeCertificate } from "./certificate.ts";
import type { MadeCall } from "./connection-calls.ts";

/** AWS's stand-ins, in a process of their own: what they do takes no time of the bench. */
export interface BenchAws {
  /** What its servers have. */
  readonly certificate: Certificate;
  /** The environment of a function whose calls are replayed (`startReplay`). */
  readonly environmentOf: (name: BundleName) => Readonly<Record<string, string>>;
  /** The environment of a function whose calls are checked, logged and delayed. */
  readonly checkedEnvironmentOf: (name: BundleName) => Readonly<Record<string, string>>;
  /** The calls since the last `forget`. Times are milliseconds on the clock that processes share. */
  calls(): Promise<readonly MadeCall[]>;
  forget(): Promise<void>;
  /** Delays each response from now on. */
  delay(latency: Latency): Promise<void>;
}

/** Milliseconds. */
export interface Latency {
  readonly table: number;
  /** Of EC2, STS and EC2 Instance Connect. The stand-ins that check calls know no other. */
  readonly controlPlane: number;
}

/** What the bench asks the process, and what that responds. */
export type StandInsRequest =
  | { readonly kind: "calls" }
  | { readonly kind: "forget" }
  | { readonly kind: "delay"; readonly latency: Latency };
export type StandInsReply = readonly MadeCall[];
/** What it sends once all stand-ins listen. */
export type Environments = Readonly<
  Record<"checked" | "replayed", Readonly<Record<string, Readonly<Record<string, string>>>>>
>;

/** The local stack's AWS over TLS, without gateway and functions: the bench starts connect itself. */
export async function startAws(parts: RunningParts): Promise<BenchAws> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-bench-"));
  parts.keep({ stop: () => rm(directory, { recursive: true, force: true }) });
  const certificate = await makeCertificate(directory);
  const child = fork(path.join(import.meta.dirname, "stand-ins-process.ts"), { serialization: "advanced" });
  parts.keep({
    async stop() {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  });
  child.send(certificate);
  const [{ replayed, checked }] = (await once(child, "message")) as [Environments];
  const withAuthority = (environment = {}) => ({ ...environment, [authorityVariable]: certificate.authority });
  const ask = async (request: StandInsRequest): Promise<StandInsReply> => {
    child.send(request);
    const [reply] = await once(child, "message");
    return reply;
  };
  return {
    certificate,
    environmentOf: (name) => withAuthority(replayed[name]),
    checkedEnvironmentOf: (name) => withAuthority(checked[name]),
    calls: () => ask({ kind: "calls" }),
    forget: async () => void (await ask({ kind: "forget" })),
    delay: async (latency) => void (await ask({ kind: "delay", latency })),
  };
}
