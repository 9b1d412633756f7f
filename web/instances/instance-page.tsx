import { useEffect, useRef } from "preact/hooks";
import { ApiProblem } from "../../sdk/index.ts";
import type { AccessRequest } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { ShowLoaded } from "../api/show-loaded.tsx";
import { useLoaded } from "../api/use-loaded.ts";
import { Copyable } from "../ui/copy.tsx";
import { auditLink, type InstanceAddress, instancesLink } from "../ui/links.ts";
import { now } from "../ui/now.ts";
import { State } from "../ui/state.tsx";
import { ConnectCard } from "./connect-card.tsx";
import { covers } from "./covers.ts";
import { HostKeys } from "./host-keys.tsx";
import { InstanceFacts } from "./instance-facts.tsx";
import { useOpenRequests } from "./open-requests.ts";
import { OwnRequests } from "./own-requests.tsx";
import { Reach } from "./reach.tsx";
import { stateTone } from "./words.ts";

/** Milliseconds after which what is shown is read again, when somebody comes back to the page. */
const freshFor = 30_000;

/** One instance: how to connect to it, and everything that there is to know of it. */
export function InstancePage({ address }: { readonly address: InstanceAddress }) {
  const { instanceId, accountId, region } = address;
  const loaded = useLoaded(
    (signal) => api().call("getInstance", { instanceId, accountId, region }, { signal }),
    [address],
  );
  const { value: instance, error } = loaded;
  const requests = useOpenRequests();
  const own = instance ? (requests.value ?? []).filter((request) => covers(request, instance)) : [];
  const reload = () => {
    loaded.reload();
    requests.reload();
  };
  useFreshOnFocus(reload, instance);
  useDecided(
    own.find(({ status }) => status === "pending"),
    reload,
  );
  return (
    <>
      <div class="title">
        <h1>
          <bdi>{instance?.name ?? instanceId}</bdi>
        </h1>
        {instance ? <State tone={stateTone(instance.state)}>{instance.state}</State> : null}
        <span class="hint">
          <Copyable text={instanceId} label="the instance's id" />
        </span>
        <button type="button" class="quiet" onClick={reload} disabled={loaded.isLoading}>
          Refresh
        </button>
        <a href={auditLink({ instanceId })}>Audit trail</a>
      </div>
      <ShowLoaded of={loaded} what="the instance">
        {(shown) => (
          <div class="instance">
            <div>
              <ConnectCard key={instanceId} instance={shown} requests={own} />
              <OwnRequests requests={own} />
              <Reach instance={shown} />
              <HostKeys keys={shown.hostKeys} />
            </div>
            <InstanceFacts instance={shown} />
          </div>
        )}
      </ShowLoaded>
      {error instanceof ApiProblem && [400, 404].includes(error.problem.status) ? (
        <a class="button" href={instancesLink()}>
          Search the instances
        </a>
      ) : null}
    </>
  );
}

/** @param value what was loaded: another one each time */
function useFreshOnFocus(reload: () => void, value: unknown): void {
  const loadedAt = useRef(0);
  const newest = useRef(reload);
  newest.current = reload;
  useEffect(() => {
    loadedAt.current = now.peek().getTime();
  }, [value]);
  useEffect(() => {
    const look = () => {
      if (now.peek().getTime() - loadedAt.current > freshFor) newest.current();
    };
    addEventListener("focus", look);
    return () => removeEventListener("focus", look);
  }, []);
}

/** Waits until a pending access request is decided. */
function useDecided(pending: AccessRequest | undefined, onDecided: () => void): void {
  const newest = useRef(onDecided);
  newest.current = onDecided;
  const id = pending?.id;
  useEffect(() => {
    if (id === undefined) return;
    const control = new AbortController();
    const tell = () => {
      if (!control.signal.aborted) newest.current();
    };
    // A denial is thrown: the list of access requests says it too.
    api().waitForAccess({ id }, { signal: control.signal }).then(tell, tell);
    return () => control.abort();
  }, [id]);
}
