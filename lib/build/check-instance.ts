import { asciiLowerCase } from "../../lambda/shared/person-ids.ts";
import { suggestion } from "./policy-nodes.ts";

const account = "[0-9]{12}";
const region = "[a-z]+(?:-[a-z]+)+-[0-9]+";
const instance = "i-(?:[0-9a-f]{17}|[0-9a-f]{8})";
const instanceUid = new RegExp(`^${account}/${region}/${instance}$`);

/** @param id as policies see it. */
export function complaintsAboutInstance(id: string): string[] {
  if (instanceUid.test(id)) return [];
  const form = "an instance's is <account>/<region>/<instance id>";
  return [`no instance can have the id "${id}": ${form}${suggestion(meantInstance(asciiLowerCase(id)))}`];
}

/** Finds the parts of an instance's id in any text that has them, such as its ARN. */
function meantInstance(text: string): string | undefined {
  const [inAccount = "<account>"] = new RegExp(`\\b${account}\\b`).exec(text) ?? [];
  const [inRegion = "<region>"] = new RegExp(`\\b${region}`).exec(text) ?? [];
  const [instanceId] = new RegExp(`\\b${instance}\\b`).exec(text) ?? [];
  return instanceId && `${inAccount}/${inRegion}/${instanceId}`;
}
