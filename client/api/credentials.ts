import type { AwsCredentials } from "../../sdk/sigv4.ts";
import { type CommandLine, ownCommand } from "../quoting/own-command.ts";
import { posixWord } from "../quoting/shell-words.ts";
import { exitCodes } from "../terminal/exit-code.ts";
import { Failure } from "../terminal/failure.ts";
import { visible } from "../terminal/terminal.ts";
import type { World } from "../terminal/world.ts";

/** Milliseconds for one response of the instance metadata service, which is on this machine or nowhere. */
const metadataTimeout = 1000;

/**
 * The AWS credentials that requests are signed with: those of the environment at once, and only where it has none the
 * whole chain of the AWS SDK, which takes time to load.
 *
 * A profile named for Latchkey goes before the environment, as `aws --profile` does.
 *
 * @throws Failure `configuration`
 */
export async function findCredentials(
  world: CommandLine & Pick<World, "environment" | "terminal">,
  profile: string | undefined,
): Promise<AwsCredentials> {
  const { environment, terminal } = world;
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!profile && accessKeyId && secretAccessKey) {
    return { accessKeyId, secretAccessKey, sessionToken: environment["AWS_SESSION_TOKEN"] || undefined };
  }
  const { defaultProvider } = await import("./aws-chain.ts");
  const said: string[] = [];
  try {
    return await defaultProvider({
      ...(profile !== undefined && { profile }),
      timeout: metadataTimeout,
      maxRetries: 0,
      logger: listenTo(said),
      ...(terminal.isInteractive && {
        mfaCodeProvider: async (serial) => (await terminal.ask(`MFA code for ${visible(serial)}: `)) ?? "",
      }),
    })();
  } catch (cause) {
    const named = profile ?? environment["AWS_PROFILE"];
    // The chain goes on past a credential_process that fails, and tells of it only here.
    const message = said.find((line) => brokenProcess.test(line)) ?? (cause instanceof Error ? cause.message : "");
    throw credentialsFailure(message, named || undefined, { login: ownCommand(world, ["login"]), cause });
  }
}

/** Collects what the SDK would tell on the console: what it tries, and why that does not do. */
function listenTo(said: string[]) {
  const note = (...parts: unknown[]) => void said.push(parts.join(" "));
  return { debug: note, info: note, warn: note, error: note };
}

/**
 * What the SDK's message comes to. The message itself is not shown: it may quote the command line of a `credential_process`.
 *
 * @param profile the one that was asked for by name.
 */
export function credentialsFailure(
  message: string,
  profile: string | undefined,
  { login, cause }: { readonly login: string; readonly cause?: unknown },
): Failure {
  const withProfile = profile === undefined ? "" : ` --profile ${visible(posixWord(profile))}`;
  const ofProfile = profile === undefined ? "" : ` of the profile ${visible(profile)}`;
  const kind = kinds.find(([pattern]) => pattern.test(message)) ?? unknown;
  // The chain goes on past a profile that is not there, and finds nothing.
  const [, said, hint] = kind === nothingFound && profile !== undefined ? noSuchProfile : kind;
  const fill = (text: string) =>
    text
      .replace("{--profile}", () => withProfile)
      .replace("{of profile}", () => ofProfile)
      .replace("{login}", () => login);
  return new Failure(fill(said), { exitCode: exitCodes.configuration, hint: fill(hint), cause });
}

type Kind = readonly [pattern: RegExp, said: string, hint: string];

const unknown: Kind = [
  /^/,
  "the AWS credentials{of profile} cannot be read",
  "aws sts get-caller-identity{--profile} shows why",
];

const brokenProcess = /Command failed|credential_process (?:returned|did not return)/;

const noSuchProfile: Kind = [
  /Could not resolve credentials using profile|not found|could not be found/,
  "there are no AWS credentials{of profile}",
  "aws configure list-profiles shows what there is",
];

const nothingFound: Kind = [
  /Could not load credentials from any providers/,
  "there are no AWS credentials",
  "{login} or aws sso login, or set AWS_PROFILE, LATCHKEY_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
];

/** By the words of the SDK's own messages: it has no codes for them. */
const kinds: readonly Kind[] = [
  [/re-?authenticate using aws login|login_session/i, "the AWS login{of profile} has expired", "aws login{--profile}"],
  [/sso/i, "there is no AWS SSO session{of profile}, or it has expired", "aws sso login{--profile}"],
  [/multi-factor/, "the AWS profile requires an MFA code", "run latchkey in a terminal, where it can ask for one"],
  [brokenProcess, "the credential_process{of profile} has failed", "run it by itself: ~/.aws/config has it"],
  noSuchProfile,
  nothingFound,
];
