import { loadConfig } from "@smithy/core/config";

/** The parts of the AWS SDK that are loaded only if the environment has no credentials: a few hundred kilobytes. */
export { defaultProvider } from "@aws-sdk/credential-provider-node";

/** The region of a profile in `~/.aws/config`; left out, of AWS_PROFILE or the default one. */
export async function regionOfProfile(profile: string | undefined): Promise<string | undefined> {
  const read = loadConfig<string>(
    { environmentVariableSelector: () => undefined, configFileSelector: ({ region }) => region, default: "" },
    profile === undefined ? {} : { profile },
  );
  return (await read()) || undefined;
}
