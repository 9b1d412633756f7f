import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Session, signIn } from "../sign-in/session.ts";
import { SignInAgain } from "../sign-in/sign-in-again.tsx";
import { SignInPage } from "../sign-in/sign-in-page.tsx";
import { Terminals } from "../terminal/terminals-page.tsx";
import { isOnline } from "../ui/online.ts";
import { Header } from "./header.tsx";
import { Page } from "./page.tsx";
import { readRoute } from "./route.ts";

const fragment = signal(location.hash);

/** The console: who is not signed in sees nothing of it. */
export function App({ session }: { readonly session: Session }) {
  useEffect(() => {
    const read = () => {
      fragment.value = location.hash;
    };
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  const { state } = signIn.value;
  // The return of a sign-in has changed the fragment.
  useEffect(() => {
    fragment.value = location.hash;
  }, [state]);
  if (state !== "signed-in" && state !== "ended") return <SignInPage session={session} />;
  const route = readRoute(fragment.value);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.querySelector("main")?.focus()}>
        Skip to the content
      </button>
      <Header route={route} session={session} />
      <SignInAgain session={session} />
      {isOnline.value ? null : (
        <div class="banner" role="status">
          <p>You are offline. What you see may be old.</p>
        </div>
      )}
      <main tabIndex={-1}>
        <Page route={route} />
        {/* Always there, or the terminals would end with the page. */}
        <Terminals
          isShown={route.page === "terminals"}
          number={route.page === "terminals" ? route.number : undefined}
        />
      </main>
    </>
  );
}
