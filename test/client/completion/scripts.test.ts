import { describe, expect, test } from "@jest/globals";
import { shownCommands } from "../../../client/command/command-table.ts";
import { commandTable } from "../../../client/commands/index.ts";
import { completionScript } from "../../../client/completion/script.ts";
import { whereIs } from "../../support/programs.ts";
import { run } from "../../support/ssh-client.ts";

/** How a shell reads a script without running it. */
describe.each([["bash"], ["zsh"], ["fish"]])("%s", (shell) => {
  const script = completionScript(shell, commandTable);

  test("knows every command and every long option", () => {
    for (const { name, options } of shownCommands(commandTable)) {
      const words = name.split(" ");
      const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
      expect(script).toContain(shell === "fish" ? seen : name);
      if (shell === "fish") expect(script).toContain(` -a ${words.at(-1)} -d `);
      for (const option of options)
        expect(script).toContain(shell === "fish" ? `-l ${option.name}` : `--${option.name}`);
    }
  });

  const test_ = whereIs(shell) === undefined ? test.skip : test;
  test_("reads it (skipped where this machine does not have the shell)", async () => {
    expect(await run(shell, ["-n", "-c", script])).toMatchObject({ code: 0, stderr: "" });
  });
});
