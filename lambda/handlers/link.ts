import { chatLinkStore } from "../aws/dynamodb/chat-link-table.ts";
import { linkVisitStore } from "../aws/dynamodb/link-visit-table.ts";
import { peopleMemory } from "../aws/dynamodb/person-table.ts";
import { suspensionReader } from "../aws/dynamodb/suspension-table.ts";
import { tableOf } from "../aws/dynamodb/table.ts";
import { jsonCalls } from "../aws/json-calls.ts";
import { secretReader } from "../aws/secrets-manager/secret.ts";
import { fetchJson } from "../callers/fetch-json.ts";
import { companySignIn } from "../link/company.ts";
import { linkFunction } from "../link/link-function.ts";
import { postForm } from "../link/post-form.ts";
import { slackSignIn } from "../link/slack-sign-in.ts";
import { environments } from "../shared/environment.ts";
import { readFunctionSettings } from "../shared/function-settings.ts";
import { slackSecrets } from "../slack/secret.ts";

const environment = environments.link.parse(process.env);
const { slack, ...settings } = readFunctionSettings("link", environment.LAMBDA_TASK_ROOT);
if (!slack) throw new Error("The settings have no slack");
const { AWS_REGION: region, SLACK_SECRET_ARN, SLACK_API_URL: url } = environment;
const home = `${environment.SLACK_URL}/link`;
const table = tableOf({ region }, environment.TABLE_NAME);
const secrets = slackSecrets(secretReader(jsonCalls(region), SLACK_SECRET_ARN), Date.now);
const ports = { fetchJson, postForm, clock: Date.now };
/** Milliseconds. */
const longestRead = 2000;
const currentSecret = (refused?: string) => secrets.clientSecret(AbortSignal.timeout(longestRead), refused);
const clientSecret = { current: () => currentSecret(), renewed: async () => currentSecret(await currentSecret()) };

/** The pages that link a Slack user to a person. No other function can link a user to another person than before. */
export const handler = linkFunction({
  company: companySignIn(settings, slack.signIn, { ...ports, redirectUri: `${home}/company` }),
  slack: slackSignIn({ ...slack, url, redirectUri: `${home}/slack`, clientSecret }, ports),
  links: chatLinkStore(table),
  suspensions: suspensionReader(table),
  people: peopleMemory(table),
  visits: linkVisitStore(table),
  home,
});
