import { describe, expect, test } from "@jest/globals";
import { parseInput } from "../../../client/cli/parse-input.ts";
import type { Command } from "../../../client/command/command.ts";
import { scpCommand } from "../../../client/commands/scp.ts";
import { sftpCommand } from "../../../client/commands/sftp.ts";
import { sshCommand } from "../../../client/commands/ssh.ts";

function parse(...args: readonly string[]) {
  const input = parseInput(sshCommand, args);
  if (input === "help") throw new Error("It is a call for help");
  return { instance: input.arguments[0], user: input.options.text("os-user"), rest: input.rest };
}

describe("latchkey ssh takes for its own", () => {
  test.each([
    ["a long option that it has not, before the instance", ["--server", "web-1"]],
    ["a long option that it has not, behind the instance: no option of ssh is long", ["web-1", "--os-usr", "ubuntu"]],
    ["-G before the instance, by which git would have a key pushed", ["-G", "web-1"]],
  ])("%s, and refuses it", (_, args) => {
    expect(() => parse(...args)).toThrow(expect.objectContaining({ exitCode: 64 }));
  });

  test.each([
    ["options before the instance", ["-l", "ubuntu", "web-1"], undefined],
    ["options behind the instance", ["web-1", "-l", "ubuntu"], undefined],
    ["options between the instance and --", ["web-1", "--os-user", "ubuntu", "--", "id"], ["id"]],
    ["options between the instance and a command", ["web-1", "-l", "ubuntu", "id", "-u"], ["id", "-u"]],
  ])("%s", (_, args, rest) => {
    expect(parse(...args)).toEqual({ instance: "web-1", user: "ubuntu", rest });
  });
});

describe("latchkey ssh passes on as it is (aws-cli#8952)", () => {
  test.each([
    ["what goes after --", ["web-1", "--", "-A", "--", "x"], ["-A", "--", "x"]],
    ["a remote command", ["web-1", "uptime"], ["uptime"]],
    [
      "a remote command with options that are named like ours",
      ["web-1", "id", "--print", "-l", "x", "--", "y"],
      ["id", "--print", "-l", "x", "--", "y"],
    ],
    ["options of ssh", ["web-1", "-A", "-t", "top"], ["-A", "-t", "top"]],
    ["options of ssh in one", ["web-1", "-At", "top"], ["-A", "-t", "top"]],
    ["-v before the instance", ["-v", "web-1"], ["-v"]],
    ["-t before the instance and its command", ["-t", "web-1", "top"], ["-t", "top"]],
    ["-A before the instance", ["-A", "web-1"], ["-A"]],
    ["-N -f before the instance, with a -L of latchkey's", ["-N", "-f", "-L", "1:a:2", "web-1"], ["-N", "-f"]],
    ["options with a value before the instance", ["-v", "-D", "1080", "web-1"], ["-v", "-D", "1080"]],
    [
      "rsync's own words",
      ["web-1", "rsync", "--server", "-vlogDtpre.iLsfxCIvu", ".", "/srv"],
      ["rsync", "--server", "-vlogDtpre.iLsfxCIvu", ".", "/srv"],
    ],
    [
      "git's own words",
      ["-o", "SendEnv=GIT_PROTOCOL", "web-1", "git-upload-pack 'x.git'"],
      ["git-upload-pack 'x.git'"],
    ],
  ])("%s", (_, args, rest) => {
    expect(parse(...args)).toEqual({ instance: "web-1", user: undefined, rest });
  });
});

test.each<[string, Command, readonly string[], readonly string[]]>([
  ["scp's -O, -v and -c before the files", scpCommand, ["-Ov", "-c", "aes128-ctr", "a", "web-1:b"], ["a", "web-1:b"]],
  ["sftp's -b before the instance", sftpCommand, ["-b", "batch", "web-1"], ["web-1"]],
])("latchkey %s are passed on too", (_, command, args, operands) => {
  const input = parseInput(command, args);
  if (input === "help") throw new Error("It is a call for help");
  expect(input.arguments).toEqual(operands);
  expect(input.rest?.join(" ")).toBe(command === scpCommand ? "-O -v -c aes128-ctr" : "-b batch");
});
