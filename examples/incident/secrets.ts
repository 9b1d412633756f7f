/** What the function keeps in Secrets Manager, as JSON. */
export interface Secrets {
  /** Of the webhook subscription. While you change it, the old and the new one. */
  readonly webhookSecrets: readonly string[];
  /** Of PagerDuty's API, one that can only read. */
  readonly apiToken: string;
}

/** Reads a secret from AWS's Lambda extension, which keeps it for five minutes. @throws Error without any of it */
export async function readSecrets(secretId: string): Promise<Secrets> {
  const { AWS_SESSION_TOKEN = "", PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: port = "2773" } = process.env;
  const response = await fetch(`http://localhost:${port}/secretsmanager/get?${new URLSearchParams({ secretId })}`, {
    headers: { "X-Aws-Parameters-Secrets-Token": AWS_SESSION_TOKEN },
  });
  if (!response.ok) throw new Error(`The secret cannot be read: status ${response.status}`);
  const { SecretString } = (await response.json()) as { SecretString: string };
  try {
    const { webhookSecrets, apiToken } = JSON.parse(SecretString);
    if (Array.isArray(webhookSecrets) && typeof apiToken === "string") return { webhookSecrets, apiToken };
  } catch {
    // A text that is not JSON would be in the error.
  }
  throw new Error("The secret is not as the README says");
}
