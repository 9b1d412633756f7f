import { describe, expect, test } from "@jest/globals";
import { namedInstances, targetOfHost } from "../../../client/ssh-config/host-names.ts";

const here = { accountId: "111122223333", region: "us-east-1" };
const far = { accountId: "444455556666", region: "eu-west-1" };
const instanceId = "i-0123456789abcdef0";
const named = (...names: readonly (string | undefined)[]) =>
  namedInstances(
    names.map((name, index) => ({
      instanceId: `i-0000000${index}`,
      defaultOsUser: "ec2-user",
      ...here,
      ...(name !== undefined && { name }),
    })),
    (name) => name.length <= 60,
  );

/** Names that anybody may choose who may tag an instance. */
const oddNames: readonly (readonly [what: string, name: string])[] = [
  ["a space", "my server"],
  ["a star, which is every host", "*"],
  ["a star at its end", "web*"],
  ["a question mark", "web-?"],
  ["an exclamation mark, which takes hosts away", "!web-1"],
  ["a comma", "web-1,web-2"],
  ["a line end and an option", "web-1\n  ProxyCommand rm /tmp/owned"],
  ["a carriage return", "web-1\rHost *"],
  ["a comment's mark", "#web"],
  ["quotes", 'web"1'],
  ["a single quote", "web'; rm /tmp/owned; '"],
  ["a backslash", "web\\"],
  ["what a shell replaces", "$(reboot)"],
  ["a backtick", "`reboot`"],
  ["one of ssh's own words", "web%h"],
  ["a path upwards", "../../web"],
  ["nothing but dots", ".."],
  ["a dash in front, as an option has", "-oProxyCommand=reboot"],
  ["a dot at its end", "web."],
  ["an at sign, which parts the user off", "root@web"],
  ["a colon, which parts a path off", "web:1"],
  ["letters that look like others", "wеb-1"],
  ["a zero byte", "web\u0000"],
  ["what turns the direction of text", "web\u202e1"],
];

describe("a Name that ssh is not given:", () => {
  test.each(oddNames)("%s", (_, name) => {
    expect(named(name)).toEqual([
      { instanceId: "i-00000000", osUser: "ec2-user", leftOut: { name, because: "it is no host name" } },
    ]);
  });

  test.each([
    ["another instance's id", "i-0a1b2c3d", "it looks like an instance's id"],
    ["an id in capitals, where a file system may not tell", "I-0A1B2C3D", "it looks like an instance's id"],
    ["an address, which would be another instance's", "10.0.1.10", "it looks like an address"],
    ["one with a region and an account", "web.eu-west-1.444455556666", "it looks like a name with region and account"],
    ["one that is too long for a socket's path", "w".repeat(61), "it is too long for the path of a socket"],
    ["one that is longer than any host name", "w".repeat(256), "it is no host name"],
  ])("%s", (_, name, because) => {
    expect(named(name)).toMatchObject([{ leftOut: { name, because } }]);
  });

  test("one that several have, in any capitals", () => {
    expect(named("web", "web-1", "Web")).toMatchObject([
      { leftOut: { because: "several instances have it" } },
      { name: "web-1" },
      { leftOut: { because: "several instances have it" } },
    ]);
  });
});

test.each([undefined, ""])("an instance without a Name is known by its id (%j)", (name) => {
  expect(named(name)).toEqual([{ instanceId: "i-00000000", osUser: "ec2-user" }]);
});

test.each(["web-1", "Web-1", "web_1", "web.eu", "1", "w".repeat(60)])("%s is a Name for ssh", (name) => {
  expect(named(name)).toMatchObject([{ name }]);
});

describe("a host that is none of ours", () => {
  test.each([
    ["without the suffix", "web-1"],
    ["the suffix alone", ".latchkey"],
    ["with another suffix", "web-1.latchkeys"],
    ...oddNames.map(([what, name]) => [what, `${name}.latchkey`] as const),
  ])("%s", (_, host) => {
    expect(targetOfHost(host, ".latchkey")).toBeUndefined();
  });
});

test.each([
  ["web-1.latchkey", "web-1"],
  [`${instanceId}.latchkey`, instanceId],
  ["web.eu.latchkey", "web.eu"],
  ["web.latchkey.latchkey", "web.latchkey"],
])("%s is %s", (host, instance) => {
  expect(targetOfHost(host, ".latchkey")).toEqual({ instance, place: undefined });
});

describe("of several targets", () => {
  const one = { instanceId: "i-0a1b2c3d", defaultOsUser: "ec2-user", ...here };
  const other = { ...one, ...far };

  test("a name that two have stands with region and account, and so does an id", () => {
    const named = namedInstances(
      [
        { ...one, name: "web" },
        { ...other, name: "Web" },
      ],
      () => true,
    );
    expect(named).toEqual([
      { instanceId: "i-0a1b2c3d.us-east-1.111122223333", name: "web.us-east-1.111122223333", osUser: "ec2-user" },
      { instanceId: "i-0a1b2c3d.eu-west-1.444455556666", name: "Web.eu-west-1.444455556666", osUser: "ec2-user" },
    ]);
    for (const { name } of named) expect(targetOfHost(`${name}.latchkey`, ".latchkey")?.place).toBeDefined();
  });

  test("no instance's name takes the place of another with its region and account", () => {
    const taken = { ...one, instanceId: "i-0a1b2c3e", name: "web.eu-west-1.444455556666" };
    const webs = [
      { ...one, name: "web" },
      { ...other, name: "web" },
    ];
    expect(namedInstances([taken, ...webs], () => true)).toMatchObject([
      { leftOut: { because: "it looks like a name with region and account" } },
      { name: "web.us-east-1.111122223333" },
      { name: "web.eu-west-1.444455556666" },
    ]);
  });

  test("two of one id in one place, and one in no place, are not in the block", () => {
    expect(namedInstances([one, one, { ...other, region: "x\nHost *" }], () => true)).toEqual([]);
  });

  test.each([
    ["web-1.eu-west-1.444455556666", { instance: "web-1", place: far }],
    ["i-0a1b2c3d.eu-west-1.444455556666", { instance: "i-0a1b2c3d", place: far }],
    ["a.b.eu-west-1.444455556666", { instance: "a.b", place: far }],
  ])("the host %s is one instance", (host, target) => {
    expect(targetOfHost(`${host}.latchkey`, ".latchkey")).toEqual(target);
  });
});
