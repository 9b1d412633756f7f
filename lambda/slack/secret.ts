/** What the app shares with Slack: the value of its secret, in JSON. */
interface SlackSecret {
  /** Any of them verifies, so that one can replace another. */
  readonly signingSecrets: readonly string[];
  readonly botToken: string;
  readonly clientSecret: string;
}

/**
 * Returns a part of the secret as it was read within the last minute.
 *
 * @param refused that part, if it has just been of no use: it is read again, but not more often than every ten seconds.
 * @throws Error if the secret is not what docs/slack.md says, with nothing of it; and as its reader does.
 */
type Part<Value> = (signal: AbortSignal, refused?: Value) => Promise<Value>;

export type SlackSecrets = { readonly [Name in keyof SlackSecret]: Part<SlackSecret[Name]> };

/** Milliseconds that it is kept in memory. */
const keptFor = 60_000;

/** Milliseconds between two readings: strangers can make signatures fail. */
const leastAge = 10_000;

/** The app's secret, read as needed. @param read its text; undefined if it is empty. @param now milliseconds. */
export function slackSecrets(
  read: (signal: AbortSignal) => Promise<string | undefined>,
  now: () => number,
): SlackSecrets {
  let known: { readonly secret: SlackSecret; readonly readAt: number } | undefined;
  const notOlderThan = async (age: number, signal: AbortSignal) => {
    const readAt = now();
    if (known && readAt - known.readAt < age) return known.secret;
    known = { secret: parseSecret(await read(signal)), readAt };
    return known.secret;
  };
  const part =
    <Name extends keyof SlackSecret>(name: Name): Part<SlackSecret[Name]> =>
    async (signal, refused) => {
      const { [name]: value } = await notOlderThan(keptFor, signal);
      return value === refused ? (await notOlderThan(leastAge, signal))[name] : value;
    };
  return { signingSecrets: part("signingSecrets"), botToken: part("botToken"), clientSecret: part("clientSecret") };
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
