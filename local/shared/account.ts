import { readSettings } from "../../lib/settings.ts";

/** The one account and region of the local stack. */
export const region = "us-east-1";
export const account = "111122223333";

/** The role of each sample caller. Access key id and secret access key are both the caller's name. */
const roles: Readonly<Record<string, string>> = {
  alice: "Engineer",
  dave: "Engineer",
  bob: "OnCall",
  erin: "OnCall",
  carol: "Guest",
  chatbot: "ChatBot",
};

export interface SampleCaller {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly userArn: string;
}

export function findCaller(accessKeyId: string): SampleCaller | undefined {
  const role = Object.hasOwn(roles, accessKeyId) ? roles[accessKeyId] : undefined;
  return role === undefined
    ? undefined
    : {
        accessKeyId,
        secretAccessKey: accessKeyId,
        userArn: `arn:aws:sts::${account}:assumed-role/${role}/${accessKeyId}`,
      };
}

/** ChatBot is not among the person roles: its session name is whatever the bot chooses. */
export const settings = readSettings({
  personRoles: ["Engineer", "OnCall", "Guest"].map((role) => `${account}/${role}`),
  // More than the default: here one process serves what many would, and no account's budget is at stake.
  callerThrottle: { burst: 300, perSecond: 50 },
});
