import type { Locator, Page, Request } from "playwright-core";
import type { Connection } from "../../../contract/connection.ts";

/** A console's terminal, used as people use it. */
export class TerminalPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The one that is shown. */
  get panel(): Locator {
    return this.page.getByRole("tabpanel");
  }

  /** Opens a terminal from an instance's page. */
  async connect(instanceId: string): Promise<void> {
    await this.page.goto(`/#/instances/${instanceId}`);
    await this.page.getByRole("button", { name: /^Connect/ }).click();
  }

  /** Resolves when the terminal is in this state: `Connected`. */
  async is(word: string): Promise<void> {
    await this.panel.locator(".state").getByText(word, { exact: true }).waitFor();
  }

  /** Resolves when the screen shows the text. What is typed is shown too: a command prints what it does not contain. */
  async shows(text: string | RegExp): Promise<void> {
    await this.panel.locator(".xterm-rows").filter({ hasText: text }).waitFor();
  }

  async text(): Promise<string> {
    return this.panel.locator(".xterm-rows").innerText();
  }

  async type(command: string): Promise<void> {
    await this.page.keyboard.type(command);
    await this.page.keyboard.press("Enter");
  }

  press(keys: string): Promise<void> {
    return this.page.keyboard.press(keys);
  }

  button(name: string | RegExp): Locator {
    return this.panel.getByRole("button", { name });
  }

  heading(name: string): Locator {
    return this.panel.getByRole("heading", { name });
  }

  /** Lets the instance's page believe that every connection would be made, through an endpoint: a decision may be old. */
  async foreseeConnections(): Promise<void> {
    const resolved = { connectionType: "eice", host: "10.0.0.1", port: 22 };
    await this.page.route(/\/v1\/decisions$/, (route) =>
      route.request().method() === "POST"
        ? route.fulfill({ json: { decision: "allow", policies: [], resolved }, headers: cors(route.request()) })
        : route.fallback(),
    );
  }

  /** Changes what the API says of each further connection. */
  async changeConnections(change: (connection: Connection) => object): Promise<void> {
    await this.page.route(isConnection, async (route) => {
      if (route.request().method() !== "POST") return route.fallback();
      const response = await route.fetch();
      await route.fulfill({ response, json: change((await response.json()) as Connection) });
    });
  }
}

/** The call that pushes a key. */
export const isConnection = (url: URL): boolean => url.pathname.endsWith("/connections");

export const pushesKey = (request: Request): boolean =>
  request.method() === "POST" && isConnection(new URL(request.url()));

/** What the API says to the console's page. */
const cors = (request: Request) => ({ "access-control-allow-origin": request.headers()["origin"] ?? "" });
