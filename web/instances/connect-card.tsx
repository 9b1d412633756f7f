import { useSignal } from "@preact/signals";
import type { TargetedEvent } from "preact";
import { useEffect } from "preact/hooks";
import type { AccessRequest, Instance } from "../../sdk/types.ts";
import { hasTerminal } from "../api/config.ts";
import { latchkeyCommand } from "../terminal/commands.ts";
import { OwnClient } from "../terminal/own-client.tsx";
import { prepareTerminal } from "../terminal/prepare.ts";
import type { SessionOptions } from "../terminal/session-options.ts";
import { startSession } from "../terminal/sessions.ts";
import { Copyable } from "../ui/copy.tsx";
import { Field } from "../ui/field.tsx";
import { askLink, requestLink } from "../ui/links.ts";
import {
  addressChoices,
  browserObstacle,
  type ConnectForm,
  firstForm,
  formFaults,
  optionsOf,
} from "./connect-options.ts";
import { useVerdict } from "./use-verdict.ts";
import { Verdict } from "./verdict.tsx";
import { typeWords } from "./words.ts";

interface ConnectCardProps {
  readonly instance: Instance;
  /** The caller's open access requests for it. */
  readonly requests: readonly AccessRequest[];
}

/** How to connect, what policy says of that before anybody presses the button, and the commands that do the same. */
export function ConnectCard({ instance, requests }: ConnectCardProps) {
  const form = useSignal<ConnectForm>(firstForm(instance, hasTerminal()));
  const { osUser, connectionType, ipAddress, endpointId, reason } = form.value;
  const take = (field: keyof ConnectForm) => (event: TargetedEvent<HTMLInputElement | HTMLSelectElement>) => {
    form.value = { ...form.value, [field]: event.currentTarget.value };
  };
  const faults = formFaults(form.value);
  const isValid = Object.keys(faults).length === 0;
  const options = optionsOf(form.value, instance);
  const { decision, verdict, error, isLoading, reload } = useVerdict(isValid ? options : undefined, instance, requests);
  const choices = addressChoices(instance, connectionType);
  const obstacle = decision && browserObstacle(form.value, decision, instance);
  const type = decision?.resolved?.connectionType;
  const canConnect = isValid && hasTerminal() && verdict?.next === "connect" && obstacle === undefined;
  useEffect(() => {
    if (canConnect) prepareTerminal();
  }, [canConnect]);
  const isChosen = connectionType !== firstForm(instance, hasTerminal()).connectionType || ipAddress || endpointId;
  const given = reason === "" ? {} : { reason };
  const ownOptions = { ...options, ...given, connectionType: isChosen ? connectionType : undefined };
  const pending = requests.find((request) => request.status === "pending" && request.osUser === osUser);
  const connect = (event: Event) => {
    event.preventDefault();
    if (canConnect) startSession({ ...options, ...given, name: instance.name });
  };
  return (
    <section class="card connect">
      <h2>Connect</h2>
      <form onSubmit={connect}>
        <div class="pair">
          {connectionType === "serial" ? null : (
            <Field label="OS user" error={faults.osUser}>
              <input
                class="mono"
                value={osUser}
                maxLength={40}
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
                onInput={take("osUser")}
              />
            </Field>
          )}
          <Field label="Connection type">
            <select value={connectionType} onChange={take("connectionType")}>
              {(["auto", "eice", "direct", "serial"] as const).map((type) => (
                <option key={type} value={type}>
                  {typeWords(type)}
                </option>
              ))}
            </select>
          </Field>
          {choices.length === 0 ? null : (
            <Field label="Address">
              <select class="mono" value={ipAddress} onChange={take("ipAddress")}>
                <option value="">automatic</option>
                {choices.map(({ address, kind }) => (
                  <option key={address} value={address}>
                    {address} ({kind})
                  </option>
                ))}
              </select>
            </Field>
          )}
        </div>
        <details>
          <summary>More options</summary>
          <div class="pair">
            {connectionType === "eice" ? (
              <Field label="Endpoint" hint="Left empty: the one that fits." error={faults.endpointId}>
                <input
                  class="mono"
                  value={endpointId}
                  placeholder="eice-…"
                  autocomplete="off"
                  spellcheck={false}
                  onInput={take("endpointId")}
                />
              </Field>
            ) : null}
            <Field label="Reason" hint="Optional, for the trail." error={faults.reason}>
              <input value={reason} maxLength={500} autocomplete="off" onInput={take("reason")} />
            </Field>
          </div>
        </details>
        <Verdict {...{ verdict, error, isLoading, reload }} />
        {obstacle === undefined || verdict?.next !== "connect" || !hasTerminal() ? null : (
          <p class="hint">{obstacle}</p>
        )}
        <div class="actions">
          {hasTerminal() && obstacle === undefined && (isLoading || verdict?.next === "connect") ? (
            <button type="submit" class="main" disabled={!canConnect}>
              Connect
            </button>
          ) : null}
          {verdict?.next === "ask" ? (
            <a
              class="button main"
              href={pending ? requestLink(pending.id) : askLink({ ...pick(instance), osUser: options.osUser })}
            >
              {pending ? "Open your access request" : "Ask for access"}
            </a>
          ) : null}
        </div>
      </form>
      {isValid ? <OwnMachine options={ownOptions} isDirect={verdict?.next === "connect" && type === "direct"} /> : null}
    </section>
  );
}

const pick = ({ instanceId, accountId, region }: Instance) => ({ instanceId, accountId, region });

interface OwnMachineProps {
  readonly options: SessionOptions;
  /** Whether a key of one's own can be pushed, for plain ssh. */
  readonly isDirect: boolean;
}

function OwnMachine({ options, isDirect }: OwnMachineProps) {
  if (isDirect) return <OwnClient options={options} />;
  return (
    <section>
      <h2>From your own machine</h2>
      <Copyable text={latchkeyCommand(options)} label="the latchkey command" />
    </section>
  );
}
