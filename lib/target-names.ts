import type { BundleName } from "../contract/routes.ts";
import { partitionOf } from "../lambda/shared/target.ts";
import { captureRoleName, inspectRoleName, type RoleNames, readRoleName } from "../lambda/shared/target-roles.ts";
import type { Settings } from "./settings.ts";
import type { Targets } from "./target-settings.ts";

/** What the main stack and the target stacks have to agree on before either is deployed. */
export type HubNames = RoleNames;

/** The names of a hub. @throws Error for a partition that Latchkey does not know, which the settings refuse. */
export function hubNames(
  stackName: string,
  { hub }: Pick<Targets, "hub">,
  { rolePath }: Pick<Settings, "rolePath">,
): HubNames {
  const partition = partitionOf(hub.region);
  if (partition === undefined) throw new Error("The settings take regions of known partitions only");
  return { partition, stackName, rolePath };
}

/** Functions that read instances of targets. */
export const readers = [
  "connect",
  "instances",
  "inspect",
  "access",
  "wait",
  "audit",
  "register",
  "sync",
  "capture",
  "chat",
] as const satisfies BundleName[];

type Reader = (typeof readers)[number];

/** Those of them that there are under these settings. */
export const readersOf = ({ slack }: Pick<Settings, "slack">): readonly Reader[] =>
  readers.filter((name) => name !== "chat" || slack);

/** The role with which a function reads a target: the read role, or one that is its alone. */
export function readerRoleName(names: HubNames, reader: Reader): string {
  const own: Partial<Record<Reader, typeof readRoleName>> = { inspect: inspectRoleName, capture: captureRoleName };
  return (own[reader] ?? readRoleName)(names);
}

export const titled = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** The role of a function, in the main stack's account. */
export function functionRoleName({ stackName }: Pick<HubNames, "stackName">, name: BundleName, region: string): string {
  return `${stackName}-${titled(name)}Role-${region}`;
}

/** The role with which EventBridge forwards a target's events. */
export function forwardRoleName({ stackName }: Pick<HubNames, "stackName">, region: string): string {
  return `${stackName}-ForwardRole-${region}`;
}

/** The bus that gets the events of all targets. */
export const targetBusName = ({ stackName }: Pick<HubNames, "stackName">): string => `${stackName}-Targets`;
