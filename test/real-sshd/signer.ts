import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { run } from "../support/ssh-client.ts";

/** A signer of key blocks. */
export interface Signer {
  /** PEM, valid for a day. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
}

/** The name of EC2 Instance Connect's signer in the region of the local stack. */
const signerName = "managed-ssh-signer.us-east-1.amazonaws.com";

/** Makes a signer with a self-signed certificate. AWS's chain ends in a public authority. */
export async function makeSigner(name = signerName): Promise<Signer> {
  const directory = await mkdtemp(path.join(os.tmpdir(), "latchkey-signer-"));
  try {
    const [key, certificate] = [path.join(directory, "key.pem"), path.join(directory, "certificate.pem")];
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", `/CN=${name}`];
    const { code, stderr } = await run("openssl", [...request, "-keyout", key, "-out", certificate]);
    if (code !== 0) throw new Error(`openssl failed: ${stderr}`);
    return { certificate: await readFile(certificate, "utf8"), privateKey: await readFile(key, "utf8") };
  } finally {
    await rm(directory, { recursive: true });
  }
}
