import * as z from "zod";
import type { Caller } from "../contract/caller.ts";
import { type Instance, instanceKey } from "../lambda/shared/instance.ts";
import type { IdentitySettings } from "../lambda/shared/settings.ts";
import { attributeForms } from "../lib/build/attribute-forms.ts";
import { complaintsAboutCaller } from "../lib/build/check-callers.ts";
import { complaintsAboutInstance } from "../lib/build/check-instance.ts";
import type { ReadData } from "./read-data.ts";
import { Unusable } from "./unusable.ts";

/** Who there is, and which instances, by the names that tests and reports use. */
export interface Scene {
  readonly callers: ReadonlyMap<string, Caller>;
  readonly instances: ReadonlyMap<string, Instance>;
}

const groups = z.array(z.string(), { error: "must be a list of groups, such as [Engineer], or []" });
const attribute = (name: "account" | "region" | "vpc" | "platform") => {
  const form = attributeForms[`resource.${name}`];
  return z.string({ error: "must be text, in quotes if it has only digits" }).refine((text) => form?.isValid(text), {
    error: `must be ${form?.words}`,
  });
};

const instance = z.strictObject({
  id: z.string().optional(),
  account: attribute("account").default("111122223333"),
  region: attribute("region").default("us-east-1"),
  vpc: attribute("vpc").optional(),
  platform: attribute("platform").optional(),
  tags: z.record(z.string(), z.string({ error: "must be text: put it in quotes" })).default({}),
});

/** The parts of a file of tests that say who there is. */
export const sceneParts = {
  people: z.record(z.string(), groups).default({}),
  machines: z.record(z.string(), groups).default({}),
  instances: z.record(z.string(), instance).default({}),
};
type SceneParts = z.infer<z.ZodObject<typeof sceneParts>>;

/** @throws Unusable if a caller or an instance is one that no settings and no AWS can produce. */
export function sceneOf({ data, where }: ReadData<SceneParts>, settings: IdentitySettings): Scene {
  const kinds = [
    ["people", "person"],
    ["machines", "machine"],
  ] as const;
  const callers = kinds.flatMap(([part, kind]) =>
    Object.entries(data[part]).map(([id, groups]) => [part, { ...anyCaller, id, kind, groups }] as const),
  );
  const instances = Object.entries(data.instances).map(
    ([name, given], index) => [name, instanceOf(given, index)] as const,
  );
  const complaints = [
    ...callers.flatMap(([part, caller]) =>
      complaintsAboutCaller(caller, settings).map((complaint) => `${where([part, caller.id])}: ${complaint}`),
    ),
    ...instances.flatMap(([name, each]) =>
      complaintsAboutInstance(instanceKey(each)).map((complaint) => `${where(["instances", name])}: ${complaint}`),
    ),
  ];
  if (complaints.length > 0) throw new Unusable(complaints);
  return { callers: new Map(callers.map(([, caller]) => [caller.id, caller])), instances: new Map(instances) };
}

const anyCaller = { frontDoor: "iam", sources: [] } satisfies Partial<Caller>;

function instanceOf({ id, account, region, vpc, platform, tags }: z.infer<typeof instance>, index: number): Instance {
  return {
    instanceId: id ?? `i-${(index + 1).toString(16).padStart(17, "0")}`,
    accountId: account,
    region,
    availabilityZone: `${region}a`,
    state: "running",
    addresses: [],
    tags,
    ...(vpc !== undefined && { vpcId: vpc }),
    ...(platform !== undefined && { platform }),
  };
}
