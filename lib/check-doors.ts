import { BlockList, isIP } from "node:net";
import { routeNames } from "../contract/routes.ts";
import { type Complaint, complaintsAboutRepeated } from "./complaint.ts";
import { nearest } from "./nearest.ts";
import type { Settings } from "./settings.ts";

type Door = NonNullable<Settings["doors"]["iam"]>;
type Path = Complaint["path"];

/** Finds settings of front doors that do not go together, or that name what there is not. */
export function complaintsAboutDoors({ doors, identities }: Settings): Complaint[] {
  const { iam, oidc } = doors;
  const ofDoor = (path: Path, door: Door | undefined) =>
    door
      ? [
          ...complaintsAboutRepeated([...path, "vpcEndpoints"], door.vpcEndpoints ?? []),
          ...complaintsAboutAddresses([...path, "sourceCidrs"], door),
          ...complaintsAboutRoutes([...path, "routeThrottles"], door),
        ]
      : [];
  const withoutIssuer = { path: ["doors", "oidc"], message: "has no door: identities.oidc lists no issuer" };
  const sameName = {
    path: ["doors", "oidc", "domain", "name"],
    message: `repeats ${iam?.domain?.name}: each door needs a name of its own`,
  };
  return [
    ...ofDoor(["doors", "iam"], iam),
    ...ofDoor(["doors", "oidc"], oidc),
    ...(oidc && !identities.oidc ? [withoutIssuer] : []),
    ...(oidc?.domain && oidc.domain.name === iam?.domain?.name ? [sameName] : []),
  ];
}

function complaintsAboutAddresses(path: Path, { sourceCidrs = [], vpcEndpoints }: Door): Complaint[] {
  return [
    ...complaintsAboutRepeated(path, sourceCidrs),
    ...sourceCidrs.flatMap((cidr, index) => {
      const message = complaintAboutAddresses(cidr, vpcEndpoints !== undefined);
      return message === undefined ? [] : [{ path: [...path, index], message }];
    }),
  ];
}

function complaintAboutAddresses(cidr: string, isPrivate: boolean): string | undefined {
  const [address = "", prefix] = cidr.split("/");
  if (prefix === "0") return "takes every address of its family: leave it out, or name the networks";
  const isInside = inside.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
  return isInside && !isPrivate
    ? "matches nobody: what comes over the internet has a public address. Name that of the NAT gateway, or set vpcEndpoints"
    : undefined;
}

/** Addresses that nothing on the internet has. */
const inside = new BlockList();
for (const [network, prefix] of [
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  inside.addSubnet(network, prefix);
inside.addSubnet("fc00::", 7, "ipv6");
inside.addSubnet("fe80::", 10, "ipv6");

function complaintsAboutRoutes(path: Path, { routeThrottles }: Door): Complaint[] {
  return Object.keys(routeThrottles).flatMap((name) => {
    if (name === "getAccessRequest")
      return [{ path: [...path, name], message: "is left out: waitThrottle is its throttle, at each door" }];
    if (routeNames.some((each) => each === name)) return [];
    const meant = nearest(name, routeNames);
    const message = meant
      ? `is no route (did you mean "${meant}"?)`
      : `is no route: there are ${routeNames.join(", ")}`;
    return [{ path: [...path, name], message }];
  });
}
