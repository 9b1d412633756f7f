import { Problem } from "../api/problem.tsx";
import { type Session, signIn } from "./session.ts";
import "./sign-in-page.css";

/** What stands there until somebody is signed in. */
export function SignInPage({ session }: { readonly session: Session }) {
  const state = signIn.value;
  return (
    <main class="sign-in">
      <h1>Latchkey</h1>
      <p>SSH access to EC2 instances with keys that live sixty seconds.</p>
      {state.state === "under-way" ? <p role="status">One moment…</p> : null}
      {state.state === "second-tab" ? (
        <p role="status">The other tab takes it from here. Close this one, and go on there.</p>
      ) : null}
      {state.state === "signed-out" ? (
        <>
          {state.error === undefined ? null : <Problem error={state.error} />}
          <button type="button" class="main" onClick={() => void session.signIn()}>
            Sign in
          </button>
        </>
      ) : null}
    </main>
  );
}
