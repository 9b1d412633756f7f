/** A stack that accepts calls. */
export interface Ready {
  /** The URL of the front door for IAM's signatures. */
  readonly iam: string;
  /** The URL of the front door for tokens. */
  readonly oidc: string | undefined;
  /** The OpenID provider at which the sample people sign in. */
  readonly issuer: string | undefined;
  /** The URL of the browser console, if it is served. */
  readonly console: string | undefined;
  /** Where Slack sends the app's commands and clicks. */
  readonly slack: string | undefined;
  /** The URL of Slack's stand-in. */
  readonly slackApi: string | undefined;
  /** The file with what functions log and what the bus accepts. */
  readonly log: string;
}

/** What `npm start` prints once the stack is ready: for people a banner, for programs one line of JSON. */
export function announcement(ready: Ready, isTerminal: boolean): string {
  return isTerminal ? banner(ready) : JSON.stringify({ ready });
}

const banner = ({ iam, oidc, issuer, console, slack, slackApi, log }: Ready) => `
Latchkey runs on this machine, with stand-ins for AWS. Ctrl-C ends it.

  console  ${console ?? "not served: --cors-origin names other pages"}
  API      ${iam}
  OIDC     ${oidc}
  OpenID   ${issuer}
  Slack    ${slack}
  messages ${slackApi}/messages
  log      ${log}

Open the console in a browser, or try it in another terminal, in this directory:

  export LATCHKEY_URL=${iam}
  export AWS_ACCESS_KEY_ID=alice AWS_SECRET_ACCESS_KEY=alice
  npx latchkey instances
  npx latchkey ssh web-1
  npx latchkey why prod-1

docs/getting-started.md goes on from here.
`;
