import { expect, test } from "@jest/globals";
import { signIn } from "../console/support/sign-in.ts";
import { TerminalPage } from "../console/support/terminal.ts";
import { useConsole } from "../console/support/use-console.ts";
import { fleet } from "../support/api-client.ts";
import { startRealLoginTargets } from "./real-login-targets.ts";

const world = useConsole({ loginTargets: startRealLoginTargets, console: {} });

test("the console's terminal runs a shell in Debian's sshd, is dropped with its tunnel, and connects again", async () => {
  const page = await world.open();
  await signIn(page, "alice");
  const terminal = new TerminalPage(page);
  await terminal.connect(fleet.db1);
  await terminal.is("Connected");
  await terminal.type("echo $((6*7))x $(id -un)");
  await terminal.shows("42x ec2-user");
  await page.setViewportSize({ width: 700, height: 500 });
  await terminal.type("top");
  await terminal.shows("load average");
  await terminal.press("q");
  expect(world.local.stack.tunnels.drop()).toBeGreaterThan(0);
  await terminal.heading("The connection was lost").waitFor();
  await terminal.button("Reconnect").click();
  await terminal.is("Connected");
  await terminal.type("exit 7");
  await terminal.heading("The shell has ended with exit status 7").waitFor();
});
