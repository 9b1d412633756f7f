import type { AccessRequest } from "../../sdk/types.ts";
import { requestLink } from "../ui/links.ts";
import { State } from "../ui/state.tsx";
import { Countdown, Time } from "../ui/time.tsx";

/** The caller's open access requests for an instance. */
export function OwnRequests({ requests }: { readonly requests: readonly AccessRequest[] }) {
  if (requests.length === 0) return null;
  return (
    <section>
      <h2>Your access</h2>
      <ul class="bare">
        {requests.map(({ id, status, osUser, scope, expiresAt = "", startsAt = "", pendingUntil }) => (
          <li key={id}>
            <State tone={status === "active" ? "good" : "waiting"}>{status}</State>{" "}
            <a href={requestLink(id)}>
              as <code>{osUser}</code>
              {"tags" in scope ? ", by tags" : ""}
            </a>{" "}
            <small>
              {status === "active" ? (
                <>
                  <Countdown until={expiresAt} /> left
                </>
              ) : null}
              {status === "scheduled" ? (
                <>
                  from <Time at={startsAt} />
                </>
              ) : null}
              {status === "pending" ? (
                <>
                  can be reviewed for <Countdown until={pendingUntil} />
                </>
              ) : null}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}
