import { clientSettings } from "../../lambda/aws/clients.ts";

// All clients of the SDK share one handler, which gives up after three seconds. A busy machine may need longer, and a test must
// not fail for that.
const { requestHandler } = clientSettings({ region: "us-east-1" });
Object.assign(requestHandler.timeouts, { connection: 120_000, silence: 120_000 });

/** The environment of the SDK's clients, without the AWS configuration of this machine's user. */
export const awsEnvironment = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
  AWS_SECRET_ACCESS_KEY: "secret",
  AWS_CONFIG_FILE: "no-config",
  AWS_SHARED_CREDENTIALS_FILE: "no-credentials",
} as const;
