import { describe, expect, test } from "@jest/globals";
import { instanceOfHost, namedInstances } from "../../../client/ssh-config/host-names.ts";

const instanceId = "i-0123456789abcdef0";
const named = (...names: readonly (string | undefined)[]) =>
  namedInstances(
    names.map((name, index) => ({
      instanceId: `i-0000000${index}`,
      defaultOsUser: "ec2-user",
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
    ["one that is too long for a socket's path", "w".repeat(61), "it is too long for the path of a socket"],
    ["one that is longer than any host name", "w".repeat(256), "it is no host name"],
  ])("%s", (_, name, because) => {
    expect(named(name)).toMatchObject([{ leftOut: { name, because } }]);
  });

  test("one that several have, in any capitals", () => {
    expect(named("web", "web-1", "Web")).toMatchObject([
      { leftOut: { because: "2 instances have it" } },
      { name: "web-1" },
      { leftOut: { because: "2 instances have it" } },
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
    expect(instanceOfHost(host, ".latchkey")).toBeUndefined();
  });
});

test.each([
  ["web-1.latchkey", "web-1"],
  [`${instanceId}.latchkey`, instanceId],
  ["web.eu.latchkey", "web.eu"],
  ["web.latchkey.latchkey", "web.latchkey"],
])("%s is %s", (host, instance) => {
  expect(instanceOfHost(host, ".latchkey")).toBe(instance);
});
