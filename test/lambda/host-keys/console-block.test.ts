import { describe, expect, test } from "@jest/globals";
import { type ConsoleRefusal, readConsoleBlock } from "../../../lambda/host-keys/console-block.ts";
import { bootLog, hostKeyBlock } from "../../../local/instances/boot-log.ts";
import { hostKeys } from "../../fixtures/host-keys.ts";
import { keys } from "../../fixtures/keys.ts";

const { ed25519, otherEd25519, ecdsa, rsa2048 } = keys;
const [begin = "", end = ""] = hostKeyBlock([]);
const genuine = hostKeyBlock([`${ecdsa} root@web-1`, `${ed25519} root@web-1`]);
const forged = hostKeyBlock([`${otherEd25519} root@web-1`]);
const text = (...lines: readonly string[]) => lines.map((line) => `${line}\r\n`).join("");
const around = (...lines: readonly string[]) => text("[    0.1] Linux", ...lines, "web-1 login: ");
const withPrefix = (prefix: string, lines: readonly string[]) => lines.map((line) => `${prefix}${line}`);

const read = (console: string) => {
  const reading = readConsoleBlock(console);
  return "keys" in reading ? reading.keys.map(({ key }) => key) : reading;
};
const [sequence, nul] = ["\u001b[2K", "\u0000"];

describe("two blocks in one output are believed only where they are the same:", () => {
  test.each<[sentence: string, console: string]>([
    ["another block behind the genuine one", around(...genuine, ...forged)],
    ["another block before it", around(...forged, ...genuine)],
    ["one with a key less", around(...genuine, begin, ed25519, end)],
    ["one with a key more", around(...genuine, begin, ecdsa, ed25519, rsa2048, end)],
    ["one with the same keys in another order", around(...genuine, begin, ed25519, ecdsa, end)],
    ["one without any key", around(...genuine, begin, end)],
    ["another under a prefix", around(...genuine, ...withPrefix("ec2: ", forged))],
    ["a third that is another", around(...genuine, ...genuine, ...forged)],
  ])("%s", (_, console) => {
    expect(read(console)).toEqual({ refused: "conflicting-blocks" });
  });

  test("the same block twice is as good as once, also under another prefix and with other comments", () => {
    const again = withPrefix("[   12.345678] cloud-init[1602]: ", hostKeyBlock([ecdsa, ed25519]));
    expect(read(around(...genuine, ...again))).toEqual([ecdsa, ed25519]);
  });
});

describe("one line within a block that is no host key spoils all:", () => {
  const inside = (line: string) => around(begin, ecdsa, line, ed25519, end);
  test.each<[sentence: string, console: string, refused?: ConsoleRefusal]>([
    ["a key under the kernel's stamp", inside(`[   12.1] ${rsa2048}`)],
    ["a key under the name of systemd", inside(`systemd[1]: ${rsa2048}`)],
    ["a stamp in the middle", inside("hello [   12.1] eth0: link up")],
    ["a status that systemd does not have", inside("[ HELP ] Started sshd.")],
    ["an empty one", inside("")],
    ["white space", inside("  ")],
    ["a comment", inside("# rotated")],
    ["a user's key with options", inside(`command="sh" ${rsa2048}`)],
    ["a host name before the key, as in known_hosts", inside(`web-1 ${rsa2048}`)],
    ["a certificate", inside(keys.ed25519Certificate)],
    ["a key that is cut short", inside(rsa2048.slice(0, -20))],
    ["a key with base64 that is none", inside(`${otherEd25519.slice(0, -4)}!!!!`)],
    ["a type that is not the key's", inside(otherEd25519.replace("ssh-ed25519", "ssh-rsa"))],
    ["a type that OpenSSH makes no more", inside(`ssh-dss ${otherEd25519.split(" ")[1]}`)],
    ["white space before the key", inside(` ${rsa2048}`)],
    ["a tab between type and key", inside(rsa2048.replace(" ", "\t"))],
    ["an escape sequence before the key", inside(`${sequence}${rsa2048}`)],
    ["an escape sequence in the comment", inside(`${rsa2048} ${sequence}`)],
    ["a NUL in the comment", inside(`${rsa2048} root${nul}`)],
    ["a carriage return in the comment", inside(`${rsa2048} root\r${otherEd25519}`)],
    ["what is not ASCII in the comment", inside(`${rsa2048} root@w\u00e9b`)],
    ["another key in the comment", inside(`${rsa2048} ${otherEd25519}`)],
    ["a comment without end", inside(`${rsa2048} ${"x".repeat(4096)}`)],
    ["a key under a prefix", inside(`ec2: ${rsa2048}`)],
    ["a comment of two words", inside(`${rsa2048} web 1`)],
    ["a key with another comment", inside(`${rsa2048} root@web-1`), "different-comments"],
    ["a second key of a type", inside(otherEd25519), "repeated-type"],
    ["a second key of a kind, on another curve", inside(hostKeys.ecdsa384), "repeated-type"],
    ["the same key again", inside(ed25519), "repeated-type"],
  ])("%s", (_, console, refused = "not-a-host-key") => {
    expect(read(console)).toEqual({ refused });
  });

  test("and the genuine block behind it", () => {
    expect(read(around(begin, "# rotated", end, ...genuine))).toEqual({ refused: "not-a-host-key" });
  });
});

describe("a block is refused that may be a part of another:", () => {
  test.each<[sentence: string, console: string, refused: ConsoleRefusal]>([
    ["one that begins within another", around(begin, ecdsa, ...forged, ed25519, end), "nested-block"],
    ["one whose beginning EC2 no longer has", text(ed25519, end, ...genuine), "beginning-cut-off"],
    ["one that ends twice", around(...genuine, end), "beginning-cut-off"],
    ["one whose beginning EC2 has cut through", text(begin.slice(9), ecdsa, end, ...forged), "stray-marker"],
    ["one with something before its beginning", around(`# ${begin}`, ed25519, end), "stray-marker"],
    ["one with something behind its beginning", around(`${begin} `, ed25519, end), "stray-marker"],
    ["one with something behind its end", around(begin, ed25519, `${end}.`), "stray-marker"],
    ["one behind an escape sequence", around(`${sequence}${begin}`, ed25519, end), "stray-marker"],
    ["one behind a lone carriage return", around(`\r${begin}`, ed25519, end), "stray-marker"],
    ["one that a log line tells of", around(...genuine, `sshd[9]: Invalid user ${begin}`), "stray-marker"],
    ["one under a prefix that nobody knows", around(...withPrefix("boot: ", genuine), ...forged), "stray-marker"],
    ["one under the kernel's own prefix", around(...withPrefix("[   12.3] ", genuine)), "stray-marker"],
    ["one whose lines have two prefixes", around(...withPrefix("ec2: ", [begin, ed25519]), end), "not-a-host-key"],
    [
      "one of two processes",
      around(`[  1.5] cloud-init[7]: ${begin}`, `[  1.5] cloud-init[8]: ${ed25519}`, `[  1.5] cloud-init[7]: ${end}`),
      "not-a-host-key",
    ],
    ["one under a prefix with a key that has none", around(`ec2: ${begin}`, ed25519, `ec2: ${end}`), "not-a-host-key"],
    [
      "one whose beginning somebody's line has torn",
      around(begin.slice(0, 16), "hello", begin.slice(16), ...forged),
      "stray-marker",
    ],
    [
      "one whose end somebody's line has torn",
      around(...genuine.slice(0, -1), end.slice(0, 26), end.slice(26)),
      "stray-marker",
    ],
    ["any, where EC2 would never answer as much", around(...genuine, "x".repeat(256 * 1024)), "overlong"],
  ])("%s", (_, console, refused) => {
    expect(read(console)).toEqual({ refused });
  });
});

describe("a block is torn, gives no keys and is no forgery, with a line in its middle", () => {
  const torn = { pending: "torn-block" };
  const lines: readonly [sentence: string, line: string][] = [
    ["of the kernel", "[   12.1] eth0: link up"],
    ["of the kernel, with its priority", "<6>[   12.104211] eth0: link up"],
    ["of the kernel, with the thread that wrote it", "[   12.104211][    T1] eth0: link up"],
    ["of systemd about a unit that has started", "[  OK  ] Started sshd.service."],
    ["of systemd in colour", `[\u001b[0;32m  OK  \u001b[0m] Started \u001b[0;1;39msshd.service\u001b[0m.`],
    ["of systemd about a unit that has failed", "[FAILED] Failed to start motd.service."],
    ["of systemd about a unit that is starting", "         Starting cloud-final.service..."],
    ["of systemd's own log", "systemd[1]: Reached target Cloud-init."],
  ];
  test.each(lines)("%s", (_, line) => {
    expect(read(around(begin, ecdsa, line, ed25519, end))).toEqual(torn);
    expect(read(around(`ec2: ${begin}`, line, `ec2: ${ed25519}`, `ec2: ${end}`))).toEqual(torn);
  });

  test.each(lines)("that cuts a key's line in two: %s", (_, line) => {
    for (const at of [1, 11, 16, 40, ed25519.length]) {
      const [head, tail] = [ed25519.slice(0, at), ed25519.slice(at)];
      expect([at, read(around(begin, ecdsa, `${head}${line}`, tail, end))]).toEqual([at, torn]);
      if (tail !== "") expect([at, read(around(begin, ecdsa, head, line, tail, end))]).toEqual([at, torn]);
      const under = [begin, ecdsa, `${head}${line}`].map((each) => `ec2: ${each}`);
      expect([at, read(around(...under, tail, `ec2: ${end}`))]).toEqual([at, torn]);
    }
  });

  test.each(lines)("that cuts a marker in two: %s", (_, line) => {
    for (const at of [12, 20, 26, 30]) {
      const cut = (marker: string) => [`${marker.slice(0, at)}${line}`, marker.slice(at)];
      expect([at, read(around(...cut(begin), ecdsa, ed25519, end))]).toEqual([at, torn]);
      expect([at, read(around(begin, ecdsa, ed25519, ...cut(end)))]).toEqual([at, torn]);
    }
  });

  const line = "[   12.1] eth0: link up";
  const tornBlock = [begin, ecdsa, line, ed25519, end];
  test("even if a whole block with the same keys stands beside it", () => {
    expect(read(around(...genuine, ...tornBlock))).toEqual(torn);
    expect(read(around(...tornBlock, ...genuine))).toEqual(torn);
  });

  test.each<[sentence: string, console: string, refused: ConsoleRefusal]>([
    ["a second block with another key", around(...tornBlock, ...forged), "conflicting-blocks"],
    ["a second block before it", around(...forged, ...tornBlock), "conflicting-blocks"],
    ["a line that nobody prints", around(begin, ecdsa, line, "# rotated", end), "not-a-host-key"],
    ["a second key of a type", around(begin, ed25519, line, otherEd25519, end), "repeated-type"],
    ["a block within it", around(begin, ecdsa, line, ...forged, end), "nested-block"],
    ["a line cut in two that is no key's", around(begin, `# rot${line}`, "ated", ed25519, end), "not-a-host-key"],
    [
      "a key of another in the halves of a line",
      around(...genuine, begin, `${otherEd25519.slice(0, 30)}${line}`, otherEd25519.slice(30), end),
      "conflicting-blocks",
    ],
    [
      "the second key of a type in two halves",
      around(begin, ed25519, `${otherEd25519.slice(0, 30)}${line}`, otherEd25519.slice(30), end),
      "repeated-type",
    ],
    ["a key behind the kernel's words", around(begin, `ssh-${line} ${otherEd25519}`, end), "not-a-host-key"],
    ["a marker in the kernel's line", around(begin, ecdsa, `${line} ${end}`, end), "stray-marker"],
  ])("unless it also has what is forged: %s", (_, console, refused) => {
    expect(read(console)).toEqual({ refused });
  });
});

describe("an output may come to show a block:", () => {
  test.each<[sentence: string, console: string, pending: string]>([
    ["an empty one", "", "no-block"],
    ["one without a block", around("[   12.1] eth0: link up"), "no-block"],
    ["one with fingerprints alone", around("-----BEGIN SSH HOST KEY FINGERPRINTS-----"), "no-block"],
    ["one with a block without keys", around(begin, end), "no-block"],
    ["one with half a block", text(begin, ed25519), "unfinished-block"],
    ["one whose last line has no end yet", `${text(begin, ed25519)}${end}`, "unfinished-block"],
    ["one with half a block behind a whole one", text(...genuine, begin, otherEd25519), "unfinished-block"],
  ])("%s", (_, console, pending) => {
    expect(read(console)).toEqual({ pending });
  });
});

describe("a block is read", () => {
  test("from the log of a whole boot", () => {
    expect(read(bootLog("ip-10-0-0-10", [ed25519, ecdsa], new Date()))).toEqual([ed25519, ecdsa]);
  });

  test("with keys of every kind, and the fingerprint of each", () => {
    const sha256 = expect.stringMatching(/^SHA256:/);
    for (const each of [ecdsa, hostKeys.ecdsa384, ed25519, keys.rsa3072]) {
      expect(readConsoleBlock(around(begin, each, end))).toEqual({ keys: [{ key: each, fingerprint: sha256 }] });
    }
  });

  // With the low half of a modulus given, one can still choose its factors.
  test("without its RSA key if it has others, since text within that makes a longer one of it", () => {
    const [type, base64 = ""] = keys.rsa3072.split(" ");
    const blob = Buffer.from(base64, "base64");
    const typeAndExponent = blob.subarray(0, 18);
    const high = Buffer.alloc(104, 1);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(high.length + blob.length);
    const inserted = Buffer.concat([typeAndExponent, length, high]).toString("base64");
    const lengthened = `${type} ${inserted}${base64}`;
    expect(read(around(begin, lengthened, end))).toEqual([lengthened]);
    expect(read(around(begin, ecdsa, ed25519, lengthened, end))).toEqual([ecdsa, ed25519]);
  });

  test.each([
    ["LF alone", "\n"],
    ["CR LF", "\r\n"],
    ["CR CR LF, where a terminal has got CR LF", "\r\r\n"],
  ])("whose lines end in %s", (_, lineEnd) => {
    expect(read(`${genuine.join(lineEnd)}${lineEnd}`)).toEqual([ecdsa, ed25519]);
  });

  test.each([
    ["the tag of an old cloud-init", "ec2: "],
    ["cloud-init's tag", "cloud-init: "],
    ["the tag of cloud-init's tables", "ci-info: "],
    ["what systemd puts before a service's output", "[   12.345678] cloud-init[1602]: "],
    ["the same late", "[12345.678901] cloud-init[1602]: "],
    ["logger's priority, date and tag", "<14>Jan  6 15:27:31 cloud-init: "],
    ["the same of an old cloud-init", "<14>Jan 16 15:27:31 ec2: "],
  ])("under %s", (_, prefix) => {
    expect(read(around(...withPrefix(prefix, genuine)))).toEqual([ecdsa, ed25519]);
  });

  test("while time goes on within it", () => {
    const lines = hostKeyBlock([ecdsa, ed25519]);
    const stamped = lines.map((line, index) => `[   12.34567${index}] cloud-init[1602]: ${line}`);
    expect(read(around(...stamped))).toEqual([ecdsa, ed25519]);
    const logged = lines.map((line, index) => `<14>Jan  6 15:27:3${index} cloud-init: ${line}`);
    expect(read(around(...logged))).toEqual([ecdsa, ed25519]);
  });

  test("beside colours, NULs and half lines elsewhere", () => {
    expect(read(around(`${sequence}[  OK  ]`, nul, "\r[**  ] A start job is running\r", ...genuine))).toHaveLength(2);
  });
});
