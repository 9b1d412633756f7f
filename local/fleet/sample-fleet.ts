import type { TargetKey } from "../../lambda/shared/target.ts";
import { ownTarget, secondTarget } from "../shared/account.ts";
import { Fleet } from "./fleet.ts";
import { type SampleVpc, sampleGroups, sampleNetwork } from "./sample-network.ts";

const imageId = "ami-0123456789abcdef0";

/** One target's network. */
interface SampleNetwork extends SampleVpc {
  /** In the private subnet. */
  readonly endpointId: string;
}

const network: SampleNetwork = {
  vpcId: "vpc-0123456789abcdef0",
  publicSubnet: "subnet-0123456789abcdef0",
  privateSubnet: "subnet-0fedcba9876543210",
  publicCidr: "10.0.0.0/24",
  privateCidr: "10.0.1.0/24",
  endpointId: "eice-0123456789abcdef0",
};

const secondNetwork: SampleNetwork = {
  vpcId: "vpc-0e00000000000000e",
  publicSubnet: "subnet-0e00000000000000f",
  privateSubnet: "subnet-0e00000000000000e",
  publicCidr: "10.1.1.0/24",
  privateCidr: "10.1.0.0/24",
  endpointId: "eice-0e00000000000000e",
};

interface SampleInstance {
  readonly id: string;
  readonly name: string;
  readonly env: string;
  readonly publicIp?: string;
  readonly privateIp?: string;
  readonly ipv6?: string;
  readonly state?: string;
  readonly type?: string;
  /** Whether its security group lets nobody in by SSH. */
  readonly isClosed?: boolean;
}

/** One instance for each outcome of a request. */
const instances: readonly SampleInstance[] = [
  { id: "i-0123456789abcdef0", name: "web-1", env: "dev", publicIp: "127.0.0.1", privateIp: "10.0.0.10" },
  { id: "i-0a1b2c3d", name: "legacy-1", env: "dev", publicIp: "127.0.0.1", type: "t2.micro" },
  { id: "i-0d0000000000000a1", name: "db-1", env: "dev", privateIp: "10.0.1.20" },
  { id: "i-0600000000000000b", name: "v6-1", env: "dev", ipv6: "::1" },
  { id: "i-0570000000000000c", name: "old-1", env: "dev", privateIp: "10.0.1.30", state: "stopped", isClosed: true },
  { id: "i-0900000000000000d", name: "prod-1", env: "prod", privateIp: "10.0.1.40" },
  { id: "i-0fedcba9876543210", name: "vault-1", env: "restricted", privateIp: "10.0.1.50" },
];

const elsewhere: readonly SampleInstance[] = [
  { id: "i-0e00000000000000e", name: "eu-1", env: "dev", privateIp: "10.1.0.20" },
];

/** The default fleet of each target, the stack's own first. */
export const sampleFleets = (): Fleet[] => [
  sampleFleet(),
  sampleFleet({ instances: elsewhere, network: secondNetwork, target: secondTarget }),
];

interface Sample {
  readonly instances: readonly SampleInstance[];
  readonly network: SampleNetwork;
  readonly target: TargetKey;
}

/** By default of the stack's own target. */
export function sampleFleet(sample: Sample = { instances, network, target: ownTarget }): Fleet {
  const { endpointId, vpcId, privateSubnet } = sample.network;
  const { region } = sample.target;
  return new Fleet(
    {
      Reservations: sample.instances.map((instance) => ({ Instances: [describe(instance, sample)] })),
      Images: [{ ImageId: imageId, Name: "al2023-ami-2023.9.20251020.0-kernel-6.1-arm64" }],
      InstanceConnectEndpoints: [
        {
          InstanceConnectEndpointId: endpointId,
          State: "create-complete",
          VpcId: vpcId,
          SubnetId: privateSubnet,
          DnsName: `${endpointId}.local.ec2-instance-connect-endpoint.${region}.amazonaws.com`,
          IpAddressType: "dualstack",
          SecurityGroupIds: [sampleGroups.endpoint],
          PreserveClientIp: false,
        },
      ],
      ...sampleNetwork(sample.network, sample.target.accountId),
    },
    sample.target,
  );
}

function describe(instance: SampleInstance, { network, target: { region } }: Sample) {
  const { id, name, env, publicIp, privateIp, ipv6, state = "running", type = "t4g.micro", isClosed } = instance;
  const group = isClosed ? "closed" : publicIp ? "public" : "private";
  const domain = region === "us-east-1" ? "ec2" : `${region}.compute`;
  return {
    InstanceId: id,
    ImageId: imageId,
    InstanceType: type,
    State: { Name: state },
    VpcId: network.vpcId,
    SubnetId: publicIp ? network.publicSubnet : network.privateSubnet,
    SecurityGroups: [{ GroupId: sampleGroups[group] }],
    Tags: [
      { Key: "Name", Value: name },
      { Key: "env", Value: env },
    ],
    ...(publicIp && { PublicIpAddress: publicIp, PublicDnsName: "localhost" }),
    ...(privateIp && {
      PrivateIpAddress: privateIp,
      PrivateDnsName: `ip-${privateIp.replaceAll(".", "-")}.${domain}.internal`,
    }),
    ...(ipv6 && { Ipv6Address: ipv6, NetworkInterfaces: [{ Ipv6Addresses: [{ Ipv6Address: ipv6 }] }] }),
  };
}
