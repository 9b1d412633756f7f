import { ApiProblem } from "../../sdk/index.ts";
import { Problem } from "../api/problem.tsx";
import { askLink, requestLink } from "../ui/links.ts";
import { now } from "../ui/now.ts";
import { Time } from "../ui/time.tsx";
import { OwnClient } from "./own-client.tsx";
import type { SessionOptions } from "./session-options.ts";
import { HostKeyRefused, problemCode, type SessionState } from "./session-state.ts";
import { stepNames, wordsFor } from "./session-words.ts";
import { closeSession, type TerminalSession } from "./sessions.ts";

interface OutcomeProps {
  readonly session: TerminalSession;
  readonly onReconnect: () => void;
}

/** How a session ended, or why it did not begin, and the ways on. */
export function Outcome({ session, onReconnect }: OutcomeProps) {
  const state = session.state.value;
  if (state.is !== "dropped" && state.is !== "ended" && state.is !== "failed") return null;
  const { title, details } = wordsFor(state, now.value.getTime());
  const needsTunnel = state.is === "failed" && isUnreachable(state);
  return (
    <div class="notice">
      {state.is === "failed" ? <p class="hint">Step: {stepNames[state.step]}</p> : null}
      {title === undefined ? (
        <Problem error={state.is === "failed" ? state.error : undefined} />
      ) : (
        <div class={state.is === "ended" ? "" : "problem"} role={state.is === "ended" ? "status" : "alert"}>
          <h2>{title}</h2>
          {details.map((detail) => (
            <p key={detail}>{detail}</p>
          ))}
          {state.is === "failed" ? <HostKeys state={state} /> : null}
        </div>
      )}
      {state.is === "failed" ? <AccessLinks error={state.error} options={session.options} /> : null}
      <div class="actions">
        <button type="button" class="main" onClick={onReconnect}>
          {state.is === "failed" ? "Try again" : "Reconnect"}
        </button>
        <button type="button" onClick={() => closeSession(session)}>
          Close the terminal
        </button>
      </div>
      {needsTunnel ? <OwnClient options={session.options} /> : null}
    </div>
  );
}

/** Without a tunnel there is no way from a browser, but perhaps from the person's own machine. */
const isUnreachable = ({ step, error }: SessionState & { is: "failed" }) =>
  step === "tunnel" || ["no-route-to-instance", "endpoint-unavailable"].includes(problemCode(error) ?? "");

/** The key that was refused, beside those that would not have been. */
function HostKeys({ state }: { readonly state: SessionState & { is: "failed" } }) {
  const { error, facts } = state;
  if (!(error instanceof HostKeyRefused)) return null;
  return (
    <dl>
      <dt>Shown</dt>
      <dd>
        <code>
          <bdi>{error.offered.type.slice(0, 40)}</bdi> {error.offered.fingerprint}
        </code>
      </dd>
      <dt>Known</dt>
      <dd>
        {facts?.hostKeys.length
          ? facts.hostKeys.map(({ type, fingerprint }) => (
              <div key={fingerprint}>
                <code>
                  {type} {fingerprint}
                </code>
              </div>
            ))
          : "None"}
      </dd>
    </dl>
  );
}

/** If access must be asked for: where, or the access request that is there already. */
function AccessLinks({ error, options }: { readonly error: unknown; readonly options: SessionOptions }) {
  if (!(error instanceof ApiProblem) || error.problem.code !== "approval-required") return null;
  const { requirements } = error.problem;
  const { instanceId, accountId, region, osUser } = options;
  if (requirements?.scheduled) {
    const { accessRequestId, startsAt } = requirements.scheduled;
    return (
      <p>
        You have <a href={requestLink(accessRequestId)}>access</a> from <Time at={startsAt} /> on.
      </p>
    );
  }
  return (
    <p>
      <a class="button" href={askLink({ instanceId, accountId, region, osUser })}>
        Ask for access
      </a>
      {requirements?.accessRequestId ? (
        <>
          {" "}
          or have <a href={requestLink(requirements.accessRequestId)}>your access request for tags</a> approved by more
          people
        </>
      ) : null}
    </p>
  );
}
