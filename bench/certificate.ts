import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Certificate {
  /** In PEM. */
  readonly key: string;
  readonly cert: string;
  /** The file of the authority's certificate, which clients must trust. */
  readonly authority: string;
}

/** Makes an authority and a certificate of it for this machine, with RSA keys as AWS's have. Takes `openssl`. */
export async function makeCertificate(directory: string): Promise<Certificate> {
  const file = (name: string) => path.join(directory, name);
  const request = (name: string, ...more: readonly string[]) =>
    run("openssl", [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=latchkey bench ${name}`],
      ...["-keyout", file(`${name}.key`), "-out", file(`${name}.pem`), ...more],
    ]);
  await request("authority");
  await request(
    ...(["server", "-CA", file("authority.pem"), "-CAkey", file("authority.key")] as const),
    ...["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"],
  );
  return {
    key: await readFile(file("server.key"), "utf8"),
    cert: await readFile(file("server.pem"), "utf8"),
    authority: file("authority.pem"),
  };
}
