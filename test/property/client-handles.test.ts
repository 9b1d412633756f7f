import fc from "fast-check";
import { parseCommandLine } from "../../client/cli/parse.ts";
import { Options } from "../../client/command/options.ts";
import { commandTable } from "../../client/commands/index.ts";
import { findTarget } from "../../client/instances/find-target.ts";
import { handleOf } from "../../client/instances/place.ts";
import { readTarget, type Target } from "../../client/instances/target.ts";
import { printedCommand } from "../../client/quoting/shell-words.ts";
import { readOperand, readOperands } from "../../client/ssh/operands.ts";
import { namedInstances, targetOfHost } from "../../client/ssh-config/host-names.ts";
import { Failure } from "../../client/terminal/failure.ts";
import { webInstance } from "../support/client/sample-responses.ts";
import { scriptedWorld } from "../support/client/scripted-context.ts";
import { testProperty } from "../support/property.ts";
import { must, mustEqual } from "./must.ts";

type Listed = Omit<typeof webInstance, "instanceId" | "name" | "accountId" | "region"> & {
  readonly instanceId: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
};

const places = [
  { accountId: "111122223333", region: "us-east-1" },
  { accountId: "444455556666", region: "eu-west-1" },
  { accountId: "444455556666", region: "eu-central-1" },
];
const ids = ["i-0a1b2c3d", "i-0123456789abcdef0", "i-0fedcba9876543210"];

/** Names that anybody may give who may tag: those of others, ids, addresses, and what a grammar could trip over. */
const anyName = fc.oneof(
  fc.constantFrom("web", "web-1", "root@web", "web:1", "a/b:c", "[web]", "-oX", "C", "~x", "a b", "x'y", "$(id)"),
  fc.constantFrom("10.0.1.10", "ip-10-0-1-10", "2001:db8::1", "web\u202e", "web\n", ".latchkey", "file://web", "--"),
  fc.constantFrom(...ids, ...places.flatMap((at) => ids.map((instanceId) => handleOf({ instanceId, ...at })))),
  fc.constantFrom("web@444455556666/eu-west-1", "444455556666/eu-west-1", "@444455556666/eu-west-1"),
  fc.constantFrom("web.eu-west-1.444455556666", "Web", "web@444455556666/eu-west-1@111122223333/us-east-1"),
  fc.string({ unit: "binary", minLength: 1, maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(..."ab1@:/.-[] \\"), minLength: 1, maxLength: 8 }),
);

const anyFleet = fc
  .uniqueArray(fc.record({ instanceId: fc.constantFrom(...ids), name: anyName, at: fc.constantFrom(...places) }), {
    minLength: 1,
    maxLength: 6,
    selector: ({ instanceId, at }) => handleOf({ instanceId, ...at }),
  })
  .map((all): Listed[] => all.map(({ at, ...named }) => ({ ...webInstance, ...named, ...at })));

/** An API that lists these instances. */
function worldOf(fleet: readonly Listed[]) {
  const { context } = scriptedWorld({});
  const call = async (_: string, input: Readonly<Record<string, string>>) => ({
    items: fleet.filter(({ name, instanceId, accountId, region, addresses }) => {
      const is = { name, accountId, region };
      return Object.entries(input).every(([key, value]) => {
        if (value === undefined || key === "limit") return true;
        if (key === "namePrefix") return name.startsWith(value);
        if (key === "address") return addresses.some(({ address }) => address === value) && instanceId === ids[0];
        return is[key as keyof typeof is] === value;
      });
    }),
  });
  return { ...context, api: async () => ({ url: "http://127.0.0.1", call: call as never }) };
}

const noOptions = new Options({});

/** How a text that names an instance is read by each command: as its argument, operand or option. */
const readings: Readonly<Record<string, (handle: string) => Target>> = {
  ...Object.fromEntries(
    [["ssh"], ["push"], ["tunnel"], ["why"], ["request"], ["host-keys"], ["sftp"]].map(([name = ""]) => [
      name,
      (handle) => {
        const { argument, options } = parsed([name, handle]);
        return readTarget(
          name === "sftp" ? (readOperand(argument, "linux").destination ?? argument) : argument,
          options,
        );
      },
    ]),
  ),
  "ssh with a user": (handle) => readTarget(parsed(["ssh", `root@${handle}`]).argument, noOptions),
  "ssh before a command": (handle) => readTarget(parsed(["ssh", handle, "ls"]).argument, noOptions),
  "scp to": (handle) => readTarget(readOperands(["a", `${handle}:b:c`], "linux").destination, noOptions),
  "scp from": (handle) => readTarget(readOperands([`u@${handle}:`, "."], "linux").destination, noOptions),
  "scp on Windows": (handle) => readTarget(readOperands(["a", `${handle}:b`], "win32").destination, noOptions),
  "sftp with a path": (handle) => readTarget(readOperand(`${handle}:dir`, "linux").destination, noOptions),
  "an option": (handle) =>
    readTarget(parsed(["revoke", "ar-1", "--instance", handle]).options.text("instance"), noOptions),
};

function parsed(words: readonly string[]) {
  const task = parseCommandLine(commandTable, words);
  if (task.kind !== "run") throw new Error(`${task.kind} is no run of a command`);
  return { argument: task.input.arguments[0] ?? "", options: task.input.options };
}

/** Undefined if it is not found, or several are. */
async function find(fleet: readonly Listed[], target: () => Target) {
  try {
    return await findTarget(worldOf(fleet), target());
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

testProperty(
  "what names an instance in a printed command finds the same instance again, given to any command",
  { small: 300, large: 20_000 },
  fc.asyncProperty(anyFleet, fc.nat(), fc.nat(), async (fleet, which, way) => {
    const instance = fleet[which % fleet.length];
    if (instance === undefined) return;
    const { name, accountId, region } = instance;
    const texts = [name, `${name}@${accountId}/${region}`, handleOf(instance), "10.0.1.10", `root@${name}`];
    const found = await find(fleet, () => readTarget(texts[way % texts.length] ?? "", noOptions));
    if (found === undefined) return;
    mustEqual(printedCommand([found.handle], "linux").includes("\\u{"), false, "a handle is changed where it is shown");
    for (const [command, read] of Object.entries(readings)) {
      const again = await find(fleet, () => read(found.handle));
      mustEqual(again?.key, found.key, `${command} ${found.handle} is another instance`);
    }
  }),
);

testProperty(
  "an id with account and region is that instance, however others are called",
  { small: 300, large: 20_000 },
  fc.asyncProperty(anyFleet, async (fleet) => {
    for (const instance of fleet) {
      const { instanceId, accountId, region } = instance;
      const found = await find(fleet, () => readTarget(`root@${handleOf(instance)}`, noOptions));
      mustEqual(found?.key, { instanceId, accountId, region }, "an exact handle leads elsewhere");
      mustEqual(found?.requested, { osUser: "root" }, "the user before it is not read");
    }
  }),
);

testProperty(
  "a host of ssh's configuration is the instance that it was written for, and of no two",
  { small: 300, large: 20_000 },
  fc.asyncProperty(anyFleet, async (fleet) => {
    const blocks = namedInstances(fleet, () => true);
    const hosts = blocks.flatMap(({ instanceId, name }) => [instanceId, ...(name === undefined ? [] : [name])]);
    mustEqual(new Set(hosts.map((host) => host.toLowerCase())).size, hosts.length, "two instances have one host");
    for (const { instanceId: idHost, name } of blocks) {
      const byId = targetOfHost(`${idHost}.latchkey`, ".latchkey");
      must(byId !== undefined, "a host is not read", idHost);
      const meant = fleet.find(
        (one) =>
          one.instanceId === byId.instance &&
          (!byId.place || one.accountId + one.region === byId.place.accountId + byId.place.region),
      );
      if (name === undefined) continue;
      const target = targetOfHost(`${name}.latchkey`, ".latchkey");
      must(target !== undefined, "a host is not read", name);
      const found = await find(fleet, () => ({ ...target, requested: {} }));
      mustEqual(found?.key.instanceId, meant?.instanceId, `${name} is another instance`);
      mustEqual(found?.key.accountId, meant?.accountId, `${name} is another instance's`);
    }
  }),
);
