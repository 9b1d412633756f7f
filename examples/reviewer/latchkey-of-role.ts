import { Latchkey } from "latchkey/sdk";

/** Latchkey, called as the role of the Lambda function that this runs in. */
export function latchkeyOfRole(): Latchkey {
  const { LATCHKEY_URL: url = "", AWS_REGION: region } = process.env;
  return new Latchkey({ url, region, credentials: credentialsOfRole });
}

function credentialsOfRole() {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID ?? "",
    secretAccessKey: AWS_SECRET_ACCESS_KEY ?? "",
    sessionToken: AWS_SESSION_TOKEN,
  };
}
