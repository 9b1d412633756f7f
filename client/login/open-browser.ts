import { runChild } from "../terminal/run-child.ts";
import type { World } from "../terminal/world.ts";

/** Opens a page in the user's browser, if there may be one. What comes of it nobody waits for: the page's URL is shown too. */
export function openBrowser({ href }: URL, world: Pick<World, "environment" | "platform">): void {
  const [program, ...args] = opener(world);
  if (program !== undefined) void runChild(program, [...args, href]);
}

function opener({ environment, platform }: Pick<World, "environment" | "platform">): readonly string[] {
  if (environment["BROWSER"]) return [environment["BROWSER"]];
  if (platform === "darwin") return ["open"];
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return environment["DISPLAY"] || environment["WAYLAND_DISPLAY"] ? ["xdg-open"] : [];
}
