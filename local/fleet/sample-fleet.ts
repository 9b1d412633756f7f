import { Fleet } from "./fleet.ts";

const imageId = "ami-0123456789abcdef0";
const vpcId = "vpc-0123456789abcdef0";
const publicSubnet = "subnet-0123456789abcdef0";
const privateSubnet = "subnet-0fedcba9876543210";

interface SampleInstance {
  readonly id: string;
  readonly name: string;
  readonly env: string;
  readonly publicIp?: string;
  readonly privateIp?: string;
  readonly ipv6?: string;
  readonly state?: string;
  readonly type?: string;
}

/** The default fleet: one instance for each outcome of a request. */
const instances: readonly SampleInstance[] = [
  { id: "i-0123456789abcdef0", name: "web-1", env: "dev", publicIp: "127.0.0.1", privateIp: "10.0.0.10" },
  { id: "i-0a1b2c3d", name: "legacy-1", env: "dev", publicIp: "127.0.0.1", type: "t2.micro" },
  { id: "i-0d0000000000000a1", name: "db-1", env: "dev", privateIp: "10.0.1.20" },
  { id: "i-0600000000000000b", name: "v6-1", env: "dev", ipv6: "::1" },
  { id: "i-0570000000000000c", name: "old-1", env: "dev", privateIp: "10.0.1.30", state: "stopped" },
  { id: "i-0900000000000000d", name: "prod-1", env: "prod", privateIp: "10.0.1.40" },
  { id: "i-0fedcba9876543210", name: "vault-1", env: "restricted", privateIp: "10.0.1.50" },
];

export function sampleFleet(): Fleet {
  return new Fleet({
    Reservations: instances.map((instance) => ({ Instances: [describe(instance)] })),
    Images: [{ ImageId: imageId, Name: "al2023-ami-2023.9.20251020.0-kernel-6.1-arm64" }],
    InstanceConnectEndpoints: [
      {
        InstanceConnectEndpointId: "eice-0123456789abcdef0",
        State: "create-complete",
        VpcId: vpcId,
        SubnetId: privateSubnet,
        DnsName: "eice-0123456789abcdef0.local.ec2-instance-connect-endpoint.us-east-1.amazonaws.com",
        IpAddressType: "dualstack",
      },
    ],
  });
}

function describe({ id, name, env, publicIp, privateIp, ipv6, state = "running", type = "t4g.micro" }: SampleInstance) {
  return {
    InstanceId: id,
    ImageId: imageId,
    InstanceType: type,
    State: { Name: state },
    Placement: { AvailabilityZone: "us-east-1a" },
    VpcId: vpcId,
    SubnetId: publicIp ? publicSubnet : privateSubnet,
    Tags: [
      { Key: "Name", Value: name },
      { Key: "env", Value: env },
    ],
    ...(publicIp && { PublicIpAddress: publicIp, PublicDnsName: "localhost" }),
    ...(privateIp && {
      PrivateIpAddress: privateIp,
      PrivateDnsName: `ip-${privateIp.replaceAll(".", "-")}.ec2.internal`,
    }),
    ...(ipv6 && { Ipv6Address: ipv6, NetworkInterfaces: [{ Ipv6Addresses: [{ Ipv6Address: ipv6 }] }] }),
  };
}
