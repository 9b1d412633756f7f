import { readFile } from "node:fs/promises";
import { Latchkey } from "latchkey/sdk";

/** Asks for an hour of access to an instance, waits for its reviewers, and connects: node bot.ts prod-1 key.pub "INC-42" */
const [name = "", publicKeyFile = "", reason = ""] = process.argv.slice(2);
const {
  LATCHKEY_URL: url = "",
  AWS_ACCESS_KEY_ID: accessKeyId = "",
  AWS_SECRET_ACCESS_KEY: secretAccessKey = "",
} = process.env;
const latchkey = new Latchkey({ url, credentials: { accessKeyId, secretAccessKey } });

const { items } = await latchkey.call("listInstances", { name });
const [instance] = items;
if (instance === undefined) throw new Error(`There is no instance ${name}, or you may not see it.`);
const { instanceId, defaultOsUser: osUser } = instance;

const request = await latchkey.call("createAccessRequest", { instanceId, osUser, durationSeconds: 3600, reason });
console.log(`${request.id} needs ${request.requirements.approvals} approval(s).`);
await latchkey.waitForAccess(request);

const publicKey = await readFile(publicKeyFile, "utf8");
const { user, host, expiresAt } = await latchkey.call("createConnection", { instanceId, publicKey });
console.log(`${user}@${host} takes the key until ${expiresAt}.`);
