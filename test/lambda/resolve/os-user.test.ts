import { describe, expect, test } from "@jest/globals";
import { decidingImage, defaultOsUser } from "../../../lambda/resolve/os-user.ts";

const userOf = (tags: Record<string, string>, imageName?: string) => defaultOsUser({ tags }, imageName, "setting");
const tagged = (value: string) => userOf({ "latchkey:os-user": value });

describe("a tag without a valid name is ignored", () => {
  test.each([
    ["empty", ""],
    ["an option of ssh", "-oProxyCommand=x"],
    ["a name with a space", "ec2 user"],
    ["a name with a space behind", "ubuntu "],
    ["a line break behind", "ubuntu\n"],
    ["a path", "../root"],
    ["a user's number", "1000"],
    ["33 characters", "a".repeat(33)],
    ["a wildcard", "*"],
  ])("%s", (_, value) => {
    expect(tagged(value)).toBe("setting");
  });
});

test.each([
  ["no tag at all", {}],
  ["the tag in capitals", { "Latchkey:OS-User": "ubuntu" }],
  ["another tag", { "os-user": "ubuntu" }],
])("with %s the stack's setting applies", (_, tags: Record<string, string>) => {
  expect(userOf(tags)).toBe("setting");
});

test.each(["ubuntu", "admin", "ada@example.com"])("the tag %s is the default", (value) => {
  expect(tagged(value)).toBe(value);
});

describe("without a tag the image's name decides the user", () => {
  test.each([
    ["al2023-ami-2023.9.20251020.0-kernel-6.1-arm64", "ec2-user"],
    ["amzn2-ami-hvm-2.0.20251014.0-x86_64-gp2", "ec2-user"],
    ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20251022", "ubuntu"],
    ["debian-12-arm64-20251006-2257", "admin"],
    ["RHEL-9.6.0_HVM-20251014-x86_64-0-Hourly2-GP3", "ec2-user"],
    ["suse-sles-15-sp7-v20251014-hvm-ssd-x86_64", "ec2-user"],
    ["Rocky-9-EC2-Base-9.6-20250531.0.x86_64", "rocky"],
    ["AlmaLinux OS 9.6.20250909 x86_64", "ec2-user"],
    ["CentOS-7-2111-20220825_1.x86_64", "centos"],
    ["CentOS Stream 9 x86_64 20251020", "ec2-user"],
    ["Fedora-Cloud-Base-AmazonEC2.aarch64-42-1.1", "fedora"],
    ["Flatcar-stable-4230.2.3-hvm", "core"],
    ["bitnami-wordpress-6.8.3-r01-on-debian-12", "bitnami"],
    ["golden-image-2025-11", "setting"],
    ["", "setting"],
  ])("%s: %s", (imageName, user) => {
    expect(userOf({}, imageName)).toBe(user);
    expect(userOf({ "latchkey:os-user": "ada" }, imageName)).toBe("ada");
  });

  test("Windows has a user of its own, unless a tag names another", () => {
    const onWindows = { tags: {}, platform: "windows", imageId: "ami-1" };
    expect(defaultOsUser(onWindows, "ubuntu", "setting")).toBe("Administrator");
    expect(defaultOsUser({ ...onWindows, tags: { "latchkey:os-user": "ada" } }, undefined, "setting")).toBe("ada");
    expect(decidingImage(onWindows)).toBeUndefined();
  });

  test("no image is needed if a tag names the user", () => {
    expect(decidingImage({ imageId: "ami-1", tags: {} })).toBe("ami-1");
    expect(decidingImage({ imageId: "ami-1", tags: { "latchkey:os-user": "ada" } })).toBeUndefined();
    expect(decidingImage({ imageId: "ami-1", tags: { "latchkey:os-user": "not a user" } })).toBe("ami-1");
  });
});
