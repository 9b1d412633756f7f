import { image, instanceIs } from "./changes.ts";
import { pages } from "./pages.ts";
import { testVerdicts } from "./tables.ts";

testVerdicts("eice", {
  fails: [
    [
      "a stopped instance",
      pages.lifecycle,
      instanceIs({ state: "stopped" }),
      "instance-state",
      instanceIs({ state: "running" }),
    ],
    [
      "a pending instance",
      pages.lifecycle,
      instanceIs({ state: "pending" }),
      "instance-state",
      instanceIs({ state: "running" }),
    ],
    [
      "a terminated instance",
      pages.lifecycle,
      instanceIs({ state: "terminated" }),
      "instance-state",
      instanceIs({ state: "running" }),
    ],
    [
      "Windows, for which there is no agent",
      pages.prerequisites,
      instanceIs({ platform: "windows" }),
      "platform",
      ({ instance }) => void delete instance.platform,
    ],
    [
      "a Local Zone",
      pages.instanceConnect,
      instanceIs({ availabilityZone: "us-east-1-bos-1a" }),
      "zone",
      instanceIs({ availabilityZone: "us-east-1a" }),
    ],
    [
      "Amazon Linux 2023's minimal image",
      pages.setUp,
      image("al2023-ami-minimal-2023.9.20251020.0-kernel-6.1-arm64"),
      "agent",
      image("al2023-ami-2023.9.20251020.0-kernel-6.1-arm64"),
    ],
    [
      "Amazon Linux 2 from before the agent",
      pages.setUp,
      image("amzn2-ami-hvm-2.0.20190508-x86_64-gp2"),
      "agent",
      image("amzn2-ami-hvm-2.0.20190618-x86_64-gp2"),
    ],
    [
      "Ubuntu 18.04, on which it can be installed",
      pages.setUp,
      image("ubuntu/images/hvm-ssd/ubuntu-bionic-18.04-amd64-server-20230101"),
      "agent",
      image("ubuntu/images/hvm-ssd/ubuntu-focal-20.04-amd64-server-20230101"),
    ],
    [
      "Red Hat's image, on which it can be installed",
      pages.setUp,
      image("RHEL-9.4.0_HVM-20240605-x86_64-82-Hourly2-GP3"),
      "agent",
      image("al2023-ami-2023.9.20251020.0-kernel-6.1-x86_64"),
    ],
    [
      "an old macOS",
      pages.setUp,
      image("amzn-ec2-macos-13.2-20230201-arm64"),
      "agent",
      image("amzn-ec2-macos-13.6.3-20240101-arm64"),
    ],
  ],
  unknown: [
    ["a state that EC2 did not have", pages.lifecycle, instanceIs({ state: "hibernating" }), "instance-state"],
    ["a Wavelength Zone", pages.instanceConnect, instanceIs({ availabilityZone: "us-east-1-wl1-bos-wlz-1" }), "zone"],
    [
      "an Outpost",
      pages.instanceConnect,
      ({ network }) => {
        network.subnets = network.subnets.map((each) => ({
          ...each,
          outpostArn: "arn:aws:outposts:us-east-1:111122223333:outpost/op-0",
        }));
      },
      "zone",
    ],
    [
      "a subnet that could not be described",
      pages.instanceConnect,
      ({ network }) => {
        network.subnets = [];
      },
      "zone",
    ],
    ["an image of the company's own", pages.setUp, image("golden-2026-10"), "agent"],
    ["an image that is gone", pages.setUp, image(undefined), "agent"],
    ["Debian's image, which AWS does not list", pages.setUp, image("debian-12-amd64-20240101-1614"), "agent"],
  ],
  passes: [
    ["a running instance", pages.lifecycle, () => {}, "instance-state"],
    ["an availability zone", pages.instanceConnect, () => {}, "zone"],
    ["Amazon Linux 2023", pages.setUp, () => {}, "agent"],
    ["Ubuntu 24.04", pages.setUp, image("ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20240423"), "agent"],
    ["macOS 15", pages.setUp, image("amzn-ec2-macos-15.1-20241101-arm64"), "agent"],
  ],
});
