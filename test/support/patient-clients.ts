import { clientSettings } from "../../lambda/aws/clients.ts";

// All clients of the SDK share one handler, which gives up after three seconds. A busy machine may need longer, and a test must
// not fail for that.
const { requestHandler } = clientSettings({ region: "us-east-1" });
requestHandler.updateHttpClientConfig("connectionTimeout", 120_000);
requestHandler.updateHttpClientConfig("requestTimeout", 120_000);
