import { describe, expect, test } from "@jest/globals";
import { Options } from "../../../client/command/options.ts";
import { connectionWords, readTarget } from "../../../client/instances/target.ts";

type Given = Record<string, string>;
const read = (destination: string | undefined, given: Given = {}) =>
  readTarget(
    destination,
    new Options(Object.fromEntries(Object.entries(given).map(([name, value]) => [name, [value]]))),
  );

describe("a command line is refused", () => {
  test.each<[string, string | undefined, Given]>([
    ["that names no instance", undefined, {}],
    ["that names one twice", "web-1", { "instance-id": "i-0123456789abcdef0" }],
    ["that names a user and no instance", "ubuntu@", {}],
    ["that names an empty user", "@web-1", {}],
    ["that names a place and no instance", "@444455556666/eu-west-1", {}],
    ["that names a user and a place, and no instance", "ubuntu@@444455556666/eu-west-1", {}],
    ["that names two users", "ubuntu@web-1", { "os-user": "admin" }],
    ["with an address and no type", "web-1", { "instance-ip": "192.0.2.7" }],
    ["with an address and any type", "web-1", { "instance-ip": "192.0.2.7", "connection-type": "auto" }],
    ["with a port that is none", "web-1", { "ssh-port": "65536" }],
    ["with the DNS name of an endpoint", "web-1", { "eice-options": "endpointId=eice-1,dnsName=x" }],
    ["with an endpoint that is empty", "web-1", { "eice-options": "endpointId=" }],
    ["with an option of tunnels that there is not", "web-1", { "eice-options": "duration=5" }],
    ["with no seconds", "web-1", { "eice-options": "maxTunnelDuration=0" }],
    ["with more seconds than an hour", "web-1", { "eice-options": "maxTunnelDuration=3601" }],
    ["with seconds that are no number", "web-1", { "eice-options": "maxTunnelDuration=1e3" }],
  ])("%s", (_, destination, given) => {
    expect(() => read(destination, given)).toThrow(expect.objectContaining({ exitCode: 64 }));
  });
});

describe("a command line says which instance, and how", () => {
  test.each<[string, string | undefined, Given, object]>([
    ["by its name", "web-1", {}, { instance: "web-1", requested: {} }],
    [
      "with a tunnel's duration alone, which means eice as in the AWS CLI",
      "web-1",
      { "eice-options": "maxTunnelDuration=60" },
      { instance: "web-1", requested: { connectionType: "eice", maxTunnelSeconds: 60 } },
    ],
    ["by the option of the AWS CLI", undefined, { "instance-id": "i-1" }, { instance: "i-1", requested: {} }],
    [
      "with a user, or with a name that looks like a user and an instance",
      "ubuntu@web-1",
      {},
      {
        instance: "web-1",
        requested: { osUser: "ubuntu" },
        otherReadings: [{ instance: "ubuntu@web-1", requested: {} }],
      },
    ],
    [
      "with its account and region",
      "i-0a1b2c3d@444455556666/eu-west-1",
      {},
      { instance: "i-0a1b2c3d", place: { accountId: "444455556666", region: "eu-west-1" }, requested: {} },
    ],
    [
      "with a user, and its account and region",
      "ubuntu@web-1@444455556666/eu-west-1",
      {},
      {
        instance: "web-1",
        place: { accountId: "444455556666", region: "eu-west-1" },
        requested: { osUser: "ubuntu" },
        otherReadings: [
          {
            instance: "ubuntu@web-1",
            place: { accountId: "444455556666", region: "eu-west-1" },
            requested: {},
          },
        ],
      },
    ],
    [
      "by a name that ends like an account and a region, which has to be said with its own",
      "web@444455556666/eu-west-1@111122223333/us-east-1",
      {},
      expect.objectContaining({
        instance: "444455556666/eu-west-1",
        place: { accountId: "111122223333", region: "us-east-1" },
      }),
    ],
    [
      "without a place, if what ends it is none: an account has 12 digits",
      "ubuntu@4444/eu-west-1",
      {},
      expect.objectContaining({ instance: "4444/eu-west-1", requested: { osUser: "ubuntu" } }),
    ],
    [
      "with a user who has an @, before an instance that has one",
      "ada@corp@web-1",
      {},
      {
        instance: "web-1",
        requested: { osUser: "ada@corp" },
        otherReadings: [
          { instance: "corp@web-1", requested: { osUser: "ada" } },
          { instance: "ada@corp@web-1", requested: {} },
        ],
      },
    ],
    [
      "with the same user twice, as rsync may",
      "ubuntu@web-1",
      { "os-user": "ubuntu" },
      expect.objectContaining({ instance: "web-1", requested: { osUser: "ubuntu" } }),
    ],
    [
      "with everything",
      "db-1",
      {
        "connection-type": "eice",
        "instance-ip": "10.0.0.7",
        "eice-options": "endpointId=eice-0123456789abcdef0,maxTunnelDuration=60",
        "ssh-port": "22",
        reason: "look",
      },
      {
        instance: "db-1",
        requested: {
          connectionType: "eice",
          ipAddress: "10.0.0.7",
          endpointId: "eice-0123456789abcdef0",
          maxTunnelSeconds: 60,
          port: 22,
          reason: "look",
        },
      },
    ],
  ])("%s", (_, destination, given, target) => {
    expect(read(destination, given)).toEqual(target);
  });

  test("and can be written again, for a command that is printed", () => {
    const requested = {
      osUser: "ubuntu",
      connectionType: "eice",
      ipAddress: "10.0.0.7",
      port: 22,
      endpointId: "eice-0123456789abcdef0",
      maxTunnelSeconds: 60,
    } as const;
    const words = connectionWords(requested);
    const given = words.flatMap((word, index) => (index % 2 === 0 ? [[word.slice(2), words[index + 1] ?? ""]] : []));
    expect(read("web-1", Object.fromEntries(given)).requested).toEqual(requested);
    expect(connectionWords({})).toEqual([]);
  });

  test("the right default OS user: none is asked for, so that the instance's own is taken (simple-ec2#84)", () => {
    expect(read("web-1").requested).not.toHaveProperty("osUser");
  });
});
