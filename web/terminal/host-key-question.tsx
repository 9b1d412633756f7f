import { useLayoutEffect, useRef } from "preact/hooks";
import { showDuration } from "../ui/duration.ts";
import { now } from "../ui/now.ts";
import { nameOf, type SessionOptions } from "./session-options.ts";
import type { SessionRunner } from "./session-runner.ts";
import type { SessionState } from "./session-state.ts";

interface HostKeyQuestionProps {
  readonly state: SessionState & { is: "asking" };
  readonly options: SessionOptions;
  readonly runner: SessionRunner;
}

/** What ssh asks when it knows no key of a host. The focus is on no. */
export function HostKeyQuestion({ state, options, runner }: HostKeyQuestionProps) {
  const { offered, facts } = state;
  const refuse = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => refuse.current?.focus(), []);
  const left = (facts.keyExpiresAt - now.value.getTime()) / 1000;
  return (
    <div class="notice problem" role="alertdialog" aria-labelledby="host-key-title" aria-describedby="host-key-facts">
      <h2 id="host-key-title">Nobody vouches for this host</h2>
      <div id="host-key-facts">
        <p>
          Latchkey knows no host key of <bdi>{nameOf(options)}</bdi>, so it cannot tell whether this is that instance.
          Nothing was sent to it yet.
        </p>
        <dl>
          <dt>Instance</dt>
          <dd>
            <code>{facts.instanceId}</code>, {facts.accountId}, {facts.region}
          </dd>
          <dt>Key</dt>
          <dd>
            <code>
              {offered.type} {offered.fingerprint}
            </code>
          </dd>
        </dl>
        <p>
          Compare it with <code>ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub</code> on the instance, or with its console
          output. If you accept it, this page remembers it until you close or reload the page.
        </p>
      </div>
      <div class="actions">
        <button type="button" ref={refuse} onClick={() => runner.decideHostKey(false)}>
          No, do not connect
        </button>
        <button type="button" class="danger" onClick={() => runner.decideHostKey(true)}>
          Accept this key and connect
        </button>
      </div>
      <p class="hint">
        {left > 0
          ? `The pushed key is accepted for ${showDuration(left)} more.`
          : "The pushed key has expired: if you accept, another one is pushed."}
      </p>
    </div>
  );
}
