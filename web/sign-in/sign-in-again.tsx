import { helpFor } from "../api/help.ts";
import { type Session, signIn } from "./session.ts";

/** Says that the sign-in has ended, above what is open: a link leads to another, in a second tab. */
export function SignInAgain({ session }: { readonly session: Session }) {
  const state = signIn.value;
  if (state.state !== "ended") return null;
  return (
    <div class="banner" role="alert">
      <p>
        <strong>Your sign-in has ended.</strong> What is open stays open.{" "}
        {state.error === undefined ? null : helpFor(state.error).detail}
      </p>
      {state.url === undefined ? (
        <button type="button" onClick={() => void session.offerAnother()}>
          Try again
        </button>
      ) : (
        <a class="button" href={state.url} target="_blank" rel="noopener">
          Sign in again in a new tab
        </a>
      )}
    </div>
  );
}
