import { signal } from "@preact/signals";
import type { ConsoleConfig } from "../../contract/console.ts";
import { LoginError, refreshedToken } from "../../sdk/index.ts";
import { keepPending, type Return, takePending } from "./pending.ts";
import { Provider, type Tokens } from "./provider.ts";
import { forwardReturn, inSecondTab, nextReturn } from "./second-tab.ts";

/** Who is signed in, in the memory of this page alone. */

export type SignIn =
  | { readonly state: "signed-out"; readonly error?: unknown }
  /** On the way to the provider, or back. */
  | { readonly state: "under-way" }
  | { readonly state: "signed-in" }
  /** What is open stays: `url` leads to another sign-in, in a second tab. */
  | { readonly state: "ended"; readonly url: string | undefined; readonly error?: unknown }
  /** This page is that second tab, and has done its work. */
  | { readonly state: "second-tab" };

export const signIn = signal<SignIn>({ state: "under-way" });

export class Session {
  readonly #provider: Provider;
  #tokens: Tokens | undefined;
  #subject: string | undefined;
  #fresh = (): Promise<string> => Promise.reject(signedOut());

  constructor(config: ConsoleConfig) {
    this.#provider = new Provider(config, location.origin + location.pathname.replace(/index\.html$/, ""));
  }

  /** Signs in if the provider has just sent the browser back. */
  async start(returned: Return | undefined): Promise<void> {
    const pending = takePending();
    addEventListener("pageshow", leaveNoWay);
    if (returned === undefined) {
      signIn.value = { state: "signed-out" };
    } else if (inSecondTab(returned)) {
      forwardReturn(returned);
      signIn.value = { state: "second-tab" };
    } else {
      await this.#take(async () => {
        if (pending === undefined) throw new LoginError("response-foreign", "this page did not begin that sign-in");
        history.replaceState(null, "", location.pathname + pending.fragment);
        return this.#provider.complete(returned, pending);
      });
    }
  }

  /** Leaves for the provider. */
  async signIn(): Promise<void> {
    signIn.value = { state: "under-way" };
    try {
      const { url, pending } = await this.#provider.begin();
      keepPending({ ...pending, fragment: location.hash });
      location.assign(url);
    } catch (error) {
      signIn.value = { state: "signed-out", error };
    }
  }

  /** A token for the API: refreshed before it expires. @throws LoginError */
  token(): Promise<string> {
    return this.#fresh();
  }

  /** Forgets the tokens, tells the provider, and leaves for its page if it has one. */
  async signOut(): Promise<void> {
    const refreshToken = this.#tokens?.refresh_token;
    this.#tokens = undefined;
    this.#fresh = () => Promise.reject(signedOut());
    signIn.value = { state: "under-way" };
    const url = await this.#provider.signOut(refreshToken).catch(() => undefined);
    // The page's memory goes with it.
    location.replace(url ?? location.pathname);
  }

  /** The sign-in has ended: offers another in a second tab, and takes up where it was. */
  async end(): Promise<void> {
    if (signIn.value.state !== "signed-in") return;
    signIn.value = { state: "ended", url: undefined };
    await this.offerAnother();
  }

  /** @param error why the one before did not succeed: then the provider is to ask who signs in, or it would go on as before */
  async offerAnother(error?: unknown): Promise<void> {
    const options = { prefix: "tab.", prompt: error === undefined ? undefined : "login" };
    const started = await this.#provider.begin(options).catch((cause: unknown) => {
      signIn.value = { state: "ended", url: undefined, error: cause };
    });
    if (started === undefined) return;
    const { url, pending } = started;
    signIn.value = { state: "ended", url, error };
    try {
      const tokens = await this.#provider.complete(await nextReturn(pending.state), pending);
      if (tokens.subject !== this.#subject)
        throw new LoginError("denied", "somebody else has signed in: this page stays with the person whose it was");
      this.#adopt(tokens);
      signIn.value = { state: "signed-in" };
    } catch (cause) {
      await this.offerAnother(cause);
    }
  }

  async #take(get: () => Promise<Tokens>): Promise<void> {
    try {
      this.#adopt(await get());
      signIn.value = { state: "signed-in" };
    } catch (error) {
      signIn.value = { state: "signed-out", error };
    }
  }

  #adopt(tokens: Tokens): void {
    let first: Tokens | undefined = tokens;
    this.#tokens = tokens;
    this.#subject = tokens.subject;
    this.#fresh = refreshedToken(async () => {
      const given = first ?? (await this.#refresh());
      first = undefined;
      return given;
    });
  }

  async #refresh(): Promise<Tokens> {
    try {
      if (this.#tokens?.refresh_token === undefined) throw signedOut();
      const { refresh_token: refreshToken, subject } = this.#tokens;
      this.#tokens = { ...(await this.#provider.refresh(refreshToken)), subject };
      return this.#tokens;
    } catch (error) {
      if (error instanceof LoginError && error.code === "sign-in-required") void this.end();
      throw error;
    }
  }
}

/** Back, pressed at the provider, may bring the page from the browser's memory: as it was left, on a way that has ended. */
function leaveNoWay({ persisted }: PageTransitionEvent): void {
  if (persisted && signIn.peek().state === "under-way") location.reload();
}

const signedOut = () => new LoginError("sign-in-required", "the sign-in has ended");
