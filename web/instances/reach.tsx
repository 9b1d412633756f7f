import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import type { ConnectionOption, Instance } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { ShowLoaded } from "../api/show-loaded.tsx";
import { useLoaded } from "../api/use-loaded.ts";
import type { InstanceAddress } from "../ui/links.ts";
import { State } from "../ui/state.tsx";
import { checkTone, sortedChecks, typeWords, usableWords } from "./words.ts";

/** The ways to an instance, and what is in the way: checked when somebody asks, or at once if there is no way. */
export function Reach({ instance }: { readonly instance: Instance }) {
  const { connectionOptions, instanceId, accountId, region } = instance;
  const isAsked = useSignal(!connectionOptions.some(({ usable }) => usable));
  return (
    <section>
      <h2>Connection options</h2>
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">Type</th>
            <th scope="col">Leads to</th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {connectionOptions.map((option) => (
            <tr key={option.connectionType}>
              <td>{typeWords(option.connectionType)}</td>
              <td>
                <Destination option={option} />
              </td>
              <td>
                <Usable state={instance.state} option={option} />
                {option.reason === undefined ? null : <p class="hint">{option.reason}</p>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {isAsked.value ? (
        <Checks address={{ instanceId, accountId, region }} />
      ) : (
        <div class="actions">
          <button type="button" onClick={() => (isAsked.value = true)}>
            Check what is in the way
          </button>
        </div>
      )}
    </section>
  );
}

function Usable({ state, option }: { readonly state: string; readonly option: ConnectionOption }) {
  const { tone, words } = usableWords(state, option);
  return <State tone={tone}>{words}</State>;
}

function Destination({ option: { host, port, endpointId } }: { readonly option: ConnectionOption }) {
  if (host === undefined) return null;
  return (
    <>
      <code>
        {host.includes(":") ? `[${host}]` : host}:{port}
      </code>
      {endpointId === undefined ? null : (
        <small>
          through <span class="mono">{endpointId}</span>
        </small>
      )}
    </>
  );
}

function Checks({ address }: { readonly address: InstanceAddress }) {
  const loaded = useLoaded(
    (signal) => api().call("getInstance", { ...address, checks: "true" }, { signal }),
    [address],
  );
  return (
    <ShowLoaded of={loaded} what="checks">
      {({ connectionOptions }) =>
        connectionOptions.map(({ connectionType, checks = [] }) => (
          <section key={connectionType}>
            <h3>Checks of {typeWords(connectionType)}</h3>
            {checks.length === 0 ? <p class="hint">There is nothing to check.</p> : <CheckList checks={checks} />}
          </section>
        ))
      }
    </ShowLoaded>
  );
}

function CheckList({ checks }: { readonly checks: NonNullable<ConnectionOption["checks"]> }) {
  return (
    <dl class="checks">
      {sortedChecks(checks).map(({ check, result, detail }) => (
        <Fragment key={check}>
          <dt>
            <State tone={checkTone(result)}>{result}</State>
          </dt>
          <dd>
            {check.replaceAll("-", " ")}
            <p class="hint">{detail}</p>
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}
