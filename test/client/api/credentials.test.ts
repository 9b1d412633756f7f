import { describe, expect, test } from "@jest/globals";
import { credentialsFailure, findCredentials } from "../../../client/api/credentials.ts";
import { scriptedWorld } from "../../support/client/scripted-context.ts";

/** Messages as @aws-sdk/credential-provider-* have them. */
describe("what the SDK says comes to a sentence, a command to run, and exit code 78", () => {
  const incomplete = "Could not load credentials from any providers";
  const usual =
    "latchkey login or aws sso login, or set AWS_PROFILE, LATCHKEY_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

  test.each<[string, string | undefined, string, string]>([
    [incomplete, undefined, "there are no AWS credentials", usual],
    [
      incomplete,
      "work",
      "there are no AWS credentials of the profile work",
      "aws configure list-profiles shows what there is",
    ],
    [
      "Could not resolve credentials using profile: [work] in configuration/credentials file(s).",
      "work",
      "there are no AWS credentials of the profile work",
      "aws configure list-profiles shows what there is",
    ],
    [
      "The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.",
      "work",
      "there is no AWS SSO session of the profile work, or it has expired",
      "aws sso login --profile work",
    ],
    [
      "The SSO session token associated with profile=default was not found or is invalid. To refresh this SSO session run 'aws sso login' with the corresponding profile.",
      undefined,
      "there is no AWS SSO session, or it has expired",
      "aws sso login",
    ],
    [
      "Failed to load a token for session arn, please re-authenticate using aws login",
      "work",
      "the AWS login of the profile work has expired",
      "aws login --profile work",
    ],
    [
      "Profile work requires multi-factor authentication, but no MFA code callback was provided.",
      "work",
      "the AWS profile requires an MFA code",
      "run latchkey in a terminal, where it can ask for one",
    ],
    [
      "Command failed: vault --token hunter2\nno such token hunter2",
      "work",
      "the credential_process of the profile work has failed",
      "run it by itself: ~/.aws/config has it",
    ],
    ["something new hunter2", undefined, "the AWS credentials cannot be read", "aws sts get-caller-identity shows why"],
  ])("%s (%s)", (said, profile, message, hint) => {
    expect(credentialsFailure(said, profile, { login: "latchkey login" })).toMatchObject({
      message,
      hint,
      exitCode: 78,
    });
  });
});

describe("credentials of the environment are taken at once", () => {
  const pair = { AWS_ACCESS_KEY_ID: "alice", AWS_SECRET_ACCESS_KEY: "secret" };
  const alice = { accessKeyId: "alice", secretAccessKey: "secret" };
  const { context } = scriptedWorld({});

  test.each([
    ["lasting ones", pair, { ...alice, sessionToken: undefined }],
    ["temporary ones", { ...pair, AWS_SESSION_TOKEN: "token" }, { ...alice, sessionToken: "token" }],
    ["ones whose token is empty", { ...pair, AWS_SESSION_TOKEN: "" }, { ...alice, sessionToken: undefined }],
    [
      "even where AWS_PROFILE is set, as the AWS CLI does",
      { ...pair, AWS_PROFILE: "work" },
      { ...alice, sessionToken: undefined },
    ],
  ])("%s", async (_, environment, credentials) => {
    expect(await findCredentials({ ...context, environment }, undefined)).toEqual(credentials);
  });
});
