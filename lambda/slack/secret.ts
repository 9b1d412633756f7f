/** What the app shares with Slack: the value of its secret, in JSON. */
export interface SlackSecret {
  /** Any of them verifies, so that one can replace another. */
  readonly signingSecrets: readonly string[];
  readonly botToken: string;
  readonly clientSecret: string;
}

export interface SlackSecrets {
  /** As it was read within the last minute. */
  current(signal: AbortSignal): Promise<SlackSecret>;
  /** Read again, because Slack or we refused what the current one has; at most every some seconds, else as it is. */
  renewed(signal: AbortSignal): Promise<SlackSecret>;
}

/** Milliseconds that it is kept in memory. */
const keptFor = 60_000;

/** Milliseconds between two readings: strangers can make signatures fail. */
const leastAge = 10_000;

/**
 * The app's secret, read as needed.
 *
 * @param read its text; undefined if it is empty. @param now milliseconds.
 * @throws Error if it is not what docs/slack.md says. The message has nothing of it.
 */
export function slackSecrets(
  read: (signal: AbortSignal) => Promise<string | undefined>,
  now: () => number,
): SlackSecrets {
  let known: { readonly secret: SlackSecret; readonly readAt: number } | undefined;
  const youngerThan = (age: number) => (known && now() - known.readAt < age ? known.secret : undefined);
  const readAgain = async (signal: AbortSignal) => {
    const readAt = now();
    const secret = parseSecret(await read(signal));
    known = { secret, readAt };
    return secret;
  };
  return {
    current: async (signal) => youngerThan(keptFor) ?? readAgain(signal),
    renewed: async (signal) => youngerThan(leastAge) ?? readAgain(signal),
  };
}

function parseSecret(text: string | undefined): SlackSecret {
  if (text === undefined) throw new Error("The secret of the Slack app is empty");
  const { signingSecrets, botToken, clientSecret } = objectIn(text);
  const isList = Array.isArray(signingSecrets) && signingSecrets.length > 0 && signingSecrets.every(isText);
  if (!isList || !isText(botToken) || !isText(clientSecret))
    throw new Error("The secret of the Slack app needs signingSecrets, botToken and clientSecret");
  return { signingSecrets, botToken, clientSecret };
}

const isText = (value: unknown): value is string => typeof value === "string" && value.length > 0;

function objectIn(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    // Not the parser's error, which quotes what it could not read.
    throw new Error("The secret of the Slack app is not JSON");
  }
}
