import { isLoopback } from "../settings/api-url.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";

/**
 * Reads a tunnel's URL, which is a secret: no message repeats anything of it.
 *
 * @throws Failure where it is none, or does not keep what goes through it to itself.
 */
export function readTunnelUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "wss:" || (url?.protocol === "ws:" && isLoopback(url.hostname))) return url;
  throw new Failure("the tunnel's URL is not one that begins with wss://", { exitCode: exitCodes.protocol });
}

/**
 * Takes what makes a tunnel's URL a secret out of a text: whoever refuses one may quote it.
 *
 * The parameters are those of a presigned URL.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function withoutSecrets(text: string, url: URL): string {
  return ["X-Amz-Signature", "X-Amz-Security-Token", "X-Amz-Credential"]
    .flatMap((name) => url.searchParams.getAll(name))
    .filter((value) => value !== "")
    .flatMap((value) => [value, encodeURIComponent(value)])
    .reduce((left, secret) => left.replaceAll(secret, "…"), text);
}
