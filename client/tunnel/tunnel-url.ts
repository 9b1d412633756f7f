/**
 * Removes what makes a tunnel's URL a secret from a text: an endpoint that refuses the URL may quote it.
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
