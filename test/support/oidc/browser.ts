export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
}

/** As a browser does without scripts: keeps cookies, follows redirects, submits forms. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  /** @param leave whether a redirect may lead to another origin; if not, the page is that redirect's URL, which is not opened. */
  async open(url: string, { body, leave = true }: { body?: URLSearchParams; leave?: boolean } = {}): Promise<Page> {
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie: Array.from(this.#cookies, (cookie) => cookie.join("=")).join("; ") },
      ...(body && { method: "POST", body }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    const { status, headers } = response;
    const location = headers.get("location");
    if (location === null) return { url, status, headers, html: await response.text() };
    const next = new URL(location, url);
    if (!leave && next.origin !== new URL(url).origin) return { url: next.href, status, headers, html: "" };
    return this.open(next.href, { leave });
  }

  /** Presses a button of a page. @param fields what is typed into the form */
  press(page: Page, label: string, fields: Readonly<Record<string, string>> = {}, leave = true): Promise<Page> {
    const button = [...page.html.matchAll(/<button([^>]*)>([^<]*)<\/button>/g)].find(([, , text]) =>
      text?.startsWith(label),
    );
    if (button === undefined) throw new Error(`There is no button ${label} at ${page.url}: ${page.html}`);
    const [, form = "", inside = ""] = /<form([^>]*)>([\s\S]*?)<\/form>/.exec(page.html) ?? [];
    const body = new URLSearchParams();
    for (const tag of [...inside.matchAll(/<input[^>]*>/g)].map(([tag]) => tag).concat(button[1] ?? "")) {
      const [name, value] = ["name", "value"].map((key) => new RegExp(`\\b${key}="([^"]*)"`).exec(tag)?.[1]);
      if (name !== undefined) body.append(name, fields[name] ?? value ?? "");
    }
    const action = new URL(/action="([^"]*)"/.exec(form)?.[1] ?? page.url, page.url);
    if (/method="post"/.test(form)) return this.open(action.href, { body, leave });
    action.search = body.toString();
    return this.open(action.href, { leave });
  }
}
