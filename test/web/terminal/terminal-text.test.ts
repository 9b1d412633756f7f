import { describe, expect, test } from "@jest/globals";
import { keysToAccept, rememberHostKey } from "../../../web/terminal/accepted-host-keys.ts";
import { actionOf, isPasteChord } from "../../../web/terminal/chords.ts";
import { latchkeyCommand, sshCommands } from "../../../web/terminal/commands.ts";
import { cleanPaste, cleanTitle, linkTarget, needsQuestion, shorten } from "../../../web/terminal/terminal-text.ts";

describe("a title that a host sets", () => {
  test.each([
    ["is bounded", "x".repeat(10_000), `${"x".repeat(79)}…`],
    ["is one line", "a\nb\u2028c", "a b c"],
    ["has no control characters", "a\u001b]52;c;x\u0007b", "a ]52;c;x b"],
    ["turns no text around", "a\u202eb\u2066c", "a b c"],
    ["is kept as it is otherwise", "root@db-1: ~ äö 🙂", "root@db-1: ~ äö 🙂"],
  ])("%s", (_, title, cleaned) => {
    expect(cleanTitle(title)).toBe(cleaned);
  });
});

describe("a paste", () => {
  test("cannot end its own brackets", () => {
    expect(cleanPaste("a\u001b[201~\u009b201~\u0003\u0000\u007frm\n\tb\r\n")).toBe("a[201~201~rm\n\tb\r\n");
  });

  test.each<[string, string, boolean, boolean]>([
    ["several lines, for a program that runs each", "a\nb", false, true],
    ["one line with its end", "a\r", false, true],
    ["several lines, for one that takes them as a paste", "a\nb", true, false],
    ["one line", "a b", false, false],
  ])("of %s: whether it is asked about", (_, text, isBracketed, is) => {
    expect(needsQuestion(text, isBracketed)).toBe(is);
  });
});

describe("a link", () => {
  test.each([
    ["of a script", "javascript:alert(1)"],
    ["to a file", "file:///etc/passwd"],
    ["with a user name, which looks like a host", "https://example.com@evil.test/"],
    ["that is no URL", "example"],
    ["to another program", "ssh://root@10.0.0.1"],
  ])("%s leads nowhere", (_, uri) => {
    expect(linkTarget(uri)).toBeUndefined();
  });

  test("shows where it leads, in ASCII", () => {
    expect(linkTarget("https://exаmple.com/a")).toBe("https://xn--exmple-4nf.com/a");
    expect(shorten(`https://a.test/${"x".repeat(999)}`)).toMatch(/^https:\/\/a\.test\/x{164}…x{20}$/);
  });
});

describe("the keys", () => {
  const key = { ctrlKey: true, shiftKey: true, altKey: false, metaKey: false };

  test.each([
    ["Ctrl alone", { ...key, shiftKey: false, code: "KeyC" }],
    ["Alt as well", { ...key, altKey: true, code: "KeyE" }],
    ["what emacs and readline use", { ...key, code: "Minus" }],
    ["arrows", { ...key, code: "ArrowLeft" }],
    ["Tab", { ...key, ctrlKey: false, shiftKey: false, code: "Tab" }],
  ])("leave the shell %s", (_, pressed) => {
    expect(actionOf(pressed)).toBeUndefined();
  });

  test("leave the terminal, and lead to another", () => {
    expect(actionOf({ ...key, code: "KeyE" })).toBe("leave");
    expect(actionOf({ ...key, code: "Digit3" })).toEqual({ tab: 3 });
    expect([isPasteChord({ ...key, code: "KeyV" }), actionOf({ ...key, code: "KeyV" })]).toEqual([true, undefined]);
  });
});

describe("the commands for one's own machine", () => {
  test.each([
    [{ instanceId: "i-0d0000000000000a1" }, "latchkey ssh i-0d0000000000000a1"],
    [
      { instanceId: "i-0d0000000000000a1", accountId: "111122223333", region: "us-east-1", osUser: "ubuntu" },
      "latchkey ssh -l ubuntu i-0d0000000000000a1@111122223333/us-east-1",
    ],
    [{ instanceId: "i-1", osUser: "a b;$(x)'" }, `latchkey ssh -l 'a b;$(x)'\\''' i-1`],
    [
      { instanceId: "i-1", connectionType: "eice", ipAddress: "10.0.0.1", endpointId: "eice-1" },
      "latchkey ssh --connection-type eice --instance-ip 10.0.0.1 --eice-options endpointId=eice-1 i-1",
    ],
  ])("name the instance exactly: %j", (options, command) => {
    expect(latchkeyCommand(options)).toBe(command);
  });

  test("write the host keys first, if any is known", () => {
    const ssh = { args: ["-o", "HostKeyAlias=i-1", "-p", "22", "a@b"], config: "", knownHosts: "i-1 ssh-ed25519 AA\n" };
    expect(sshCommands({ ssh })).toEqual([
      "printf %s 'i-1 ssh-ed25519 AA\n' > latchkey-known-hosts",
      "ssh -o UserKnownHostsFile=latchkey-known-hosts -o HostKeyAlias=i-1 -p 22 a@b",
    ]);
    expect(sshCommands({ ssh: { ...ssh, knownHosts: "" } })).toEqual(["ssh -o HostKeyAlias=i-1 -p 22 a@b"]);
  });
});

describe("host keys that a person accepted", () => {
  test("count for that instance, as long as Latchkey knows none", () => {
    rememberHostKey("1/r/i", "ssh-ed25519 AA");
    expect(keysToAccept("1/r/i", [])).toEqual(["ssh-ed25519 AA"]);
    expect(keysToAccept("2/r/i", [])).toEqual([]);
    expect(keysToAccept("1/r/i", ["ssh-ed25519 BB"])).toEqual(["ssh-ed25519 BB"]);
  });
});
