import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AccessRequest, Instance } from "../../sdk/types.ts";
import { hasTerminal } from "../api/config.ts";
import { startSession } from "../terminal/sessions.ts";
import { instanceLink, instancesLink } from "../ui/links.ts";
import { tagQuery } from "../ui/tag-query.ts";

interface ConnectProps {
  /** The viewer's own. */
  readonly request: AccessRequest;
  readonly instance: Instance | undefined;
}

/** The way on for the subject: connect, now or as soon as it is approved. */
export function ConnectButtons({ request, instance }: ConnectProps) {
  const { status, scope, osUser, startsAt } = request;
  const isWanted = useSignal(false);
  const instanceId = "instanceId" in scope ? scope.instanceId : undefined;
  const connect = () => {
    if (instanceId === undefined) return;
    const { accountId, region, name } = instance ?? {};
    startSession({ instanceId, accountId, region, name, osUser });
  };
  useEffect(() => {
    // The box was this person's press, on this page.
    if (status === "active" && isWanted.peek()) connect();
    isWanted.value = false;
  }, [status]);
  if (status === "active" && "tags" in scope) {
    const { tags, accountId, region } = scope;
    return (
      <div class="actions">
        <a class="button" href={instancesLink({ ...tagQuery(tags), accountId, region })}>
          Choose an instance
        </a>
      </div>
    );
  }
  if (status === "active" && instanceId !== undefined) {
    return (
      <div class="actions">
        {hasTerminal() ? (
          <button type="button" class="main" onClick={connect}>
            Connect
          </button>
        ) : null}
        <a class="button" href={instanceLink(instance ?? { instanceId })}>
          {hasTerminal() ? "Other ways to connect" : "Ways to connect"}
        </a>
      </div>
    );
  }
  // A press of today does not open a terminal on another day.
  if (status !== "pending" || startsAt !== undefined || instanceId === undefined || !hasTerminal()) return null;
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={isWanted.value}
        onChange={(event) => {
          isWanted.value = event.currentTarget.checked;
        }}
      />{" "}
      Connect as soon as it is approved, while this page is open
    </label>
  );
}
