import type { Caller } from "../../contract/caller.ts";
import type { Endpoint, Instance } from "../../lambda/shared/instance.ts";
import type { ReviewerSources } from "../../lambda/shared/people.ts";

export const alice: Caller = {
  id: "alice",
  kind: "person",
  groups: ["Engineer"],
  frontDoor: "iam",
  sources: ["iam:111122223333/Engineer"],
};

export const person = (id: string, ...groups: string[]): Caller => ({
  id,
  kind: "person",
  groups,
  frontDoor: "iam",
  sources: [],
});

/** A machine in the group of its role's name. */
export const machine = (role: string): Caller => ({ ...person(`111122223333/${role}`, role), kind: "machine" });

/** Where the samples are: the local stack's own target. */
export const place = { accountId: "111122223333", region: "us-east-1" };

/** Reached directly. */
export const web: Instance = {
  instanceId: "i-0123456789abcdef0",
  accountId: "111122223333",
  region: "us-east-1",
  availabilityZone: "us-east-1a",
  state: "running",
  vpcId: "vpc-1",
  subnetId: "subnet-1",
  tags: { Name: "web-1", env: "dev" },
  publicIpAddress: "203.0.113.10",
  privateIpAddress: "10.0.1.10",
  publicDnsName: "ec2-203-0-113-10.example",
  addresses: [
    { address: "203.0.113.10", kind: "public", dnsName: "ec2-203-0-113-10.example" },
    { address: "10.0.1.10", kind: "private" },
  ],
};

const { publicIpAddress: _address, publicDnsName: _name, ...withoutPublic } = web;

/** Reached through the endpoint. */
export const database: Instance = {
  ...withoutPublic,
  instanceId: "i-0d0000000000000a1",
  tags: { Name: "db-1", env: "dev" },
  addresses: [{ address: "10.0.1.10", kind: "private" }],
};

const { privateIpAddress: _private, ...withoutAny } = database;

/** Unreachable. */
export const unreachable: Instance = { ...withoutAny, addresses: [] };

export const endpoint: Endpoint = {
  endpointId: "eice-0123456789abcdef0",
  vpcId: "vpc-1",
  subnetId: "subnet-1",
  state: "create-complete",
  dnsName: "endpoint.example",
  ipAddressType: "ipv4",
};

/** Engineers, people on call, and others. */
export const reviewerSources: ReviewerSources = {
  peopleSources: () => [{ groupSets: [["Engineer"], ["OnCall"], []], isComplete: true }],
  reviewingMachines: [],
};
