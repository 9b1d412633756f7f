import { beforeEach, expect, test } from "@jest/globals";
import { defaultProvider } from "../../../lambda/aws/environment-credentials.ts";

beforeEach(() => {
  delete process.env["AWS_ACCESS_KEY_ID"];
  delete process.env["AWS_SECRET_ACCESS_KEY"];
  delete process.env["AWS_SESSION_TOKEN"];
});

test.each<[sentence: string, environment: Record<string, string>]>([
  ["nothing", {}],
  ["no secret", { AWS_ACCESS_KEY_ID: "AKID" }],
  ["no id", { AWS_SECRET_ACCESS_KEY: "secret" }],
  ["an empty id", { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "secret" }],
])("with %s in the environment there are no credentials", async (_, environment) => {
  Object.assign(process.env, environment);
  await expect(defaultProvider()()).rejects.toThrow("no credentials in its environment");
});

test.each<[sentence: string, token: Record<string, string>, credentials: object]>([
  ["a session's", { AWS_SESSION_TOKEN: "token" }, { sessionToken: "token" }],
  ["a user's", {}, {}],
])("%s credentials are read from the environment each time", async (_, token, credentials) => {
  const provider = defaultProvider();
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "old", AWS_SECRET_ACCESS_KEY: "old" });
  await provider();
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "secret", ...token });
  await expect(provider()).resolves.toStrictEqual({ accessKeyId: "AKID", secretAccessKey: "secret", ...credentials });
});
