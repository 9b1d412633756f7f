import { render } from "preact";
import { connectTo } from "./api/client.ts";
import { readConfig } from "./api/config.ts";
import { App } from "./app/app.tsx";
import { takeReturn } from "./sign-in/pending.ts";
import { Session } from "./sign-in/session.ts";
import { startClock } from "./ui/now.ts";
import { watchNetwork } from "./ui/online.ts";
import "./ui/style/base.css";
import "./ui/style/elements.css";
import "./ui/style/parts.css";

/** A file that misses the terminal would otherwise take the page's place, and end every session. */
function keepDroppedFiles(): void {
  const keep = (event: DragEvent) => {
    const takesFiles = event.target instanceof HTMLInputElement && event.target.type === "file";
    if (event.dataTransfer?.types.includes("Files") && !takesFiles) event.preventDefault();
  };
  addEventListener("dragover", keep);
  addEventListener("drop", keep);
}

async function start(root: HTMLElement): Promise<void> {
  startClock();
  watchNetwork();
  keepDroppedFiles();
  const returned = takeReturn();
  const config = await readConfig();
  const session = new Session(config);
  connectTo({ url: config.api, token: () => session.token(), onRefused: () => void session.end() });
  render(<App session={session} />, root);
  await session.start(returned);
}

const root = document.getElementById("console");
if (root) {
  start(root).catch(() => {
    root.textContent =
      "The console cannot be started: its host gives no valid config.json. Reload the page, or tell those who run Latchkey.";
  });
}
