import { useSignal } from "@preact/signals";
import type { Connection } from "../../sdk/index.ts";
import { parsePublicKey, publicKeyRefusals } from "../../ssh-format/public-key.ts";
import { api } from "../api/client.ts";
import { Problem } from "../api/problem.tsx";
import { Copyable } from "../ui/copy.tsx";
import { showDuration } from "../ui/duration.ts";
import { Field } from "../ui/field.tsx";
import { now } from "../ui/now.ts";
import { latchkeyCommand, sshCommands } from "./commands.ts";
import { factsOf } from "./facts.ts";
import { directConnection, type SessionOptions } from "./session-options.ts";

type Pushed = { readonly connection: Connection; readonly expiresAt: number };

/** The ways from the person's own machine: Latchkey's client, or ssh with a key of their own, which they push here. */
export function OwnClient({ options }: { readonly options: SessionOptions }) {
  return (
    <section>
      <h2>From your own machine</h2>
      <p>
        Latchkey's client makes a key, has it pushed, and runs your ssh:
        <br />
        <Copyable text={latchkeyCommand(options)} label="the latchkey command" />
      </p>
      <details>
        <summary>With ssh and a key of your own</summary>
        <PushForm options={options} />
      </details>
    </section>
  );
}

function PushForm({ options }: { readonly options: SessionOptions }) {
  const refusal = useSignal<string | undefined>(undefined);
  const pushed = useSignal<Pushed | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const isSending = useSignal(false);
  const push = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isSending.value) return;
    const form = event.currentTarget as HTMLFormElement;
    const parsed = parsePublicKey(String(new FormData(form).get("key") ?? ""));
    error.value = undefined;
    pushed.value = undefined;
    refusal.value = "refusal" in parsed ? publicKeyRefusals[parsed.refusal] : undefined;
    // A private key that was pasted by mistake does not stay on the page.
    if ("refusal" in parsed) return parsed.refusal === "private-key" ? form.reset() : undefined;
    isSending.value = true;
    try {
      const connection = await api().call("createConnection", directConnection(options, parsed.key.line));
      pushed.value = { connection, expiresAt: factsOf(connection, Date.now()).keyExpiresAt };
    } catch (cause) {
      error.value = cause;
    } finally {
      isSending.value = false;
    }
  };
  return (
    <form onSubmit={push}>
      <Field
        label="Your public key"
        hint="The line of a .pub file, such as ~/.ssh/id_ed25519.pub. Its private key stays with you."
        error={refusal.value}
      >
        <textarea name="key" rows={3} spellcheck={false} autocomplete="off" required />
      </Field>
      <button type="submit" disabled={isSending.value}>
        Push this key for 60 seconds
      </button>
      {error.value === undefined ? null : <Problem error={error.value} />}
      {pushed.value === undefined ? null : <PushedKey {...pushed.value} />}
    </form>
  );
}

function PushedKey({ connection, expiresAt }: Pushed) {
  const left = (expiresAt - now.value.getTime()) / 1000;
  return (
    <div role="status">
      <p>
        {left > 0 ? (
          <>
            Run this within <span class="countdown">{showDuration(left)}</span>:
          </>
        ) : (
          "The key has expired. Push it again."
        )}
      </p>
      {sshCommands(connection).map((command, index, { length }) => (
        <p key={command}>
          <Copyable text={command} label={index === length - 1 ? "the ssh command" : "what writes the host keys"} />
        </p>
      ))}
      <p class="hint">
        If the key is not in a file where ssh looks by itself, add <code>-i</code> with the private key's file.
      </p>
    </div>
  );
}
