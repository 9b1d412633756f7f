import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import type { AccessRequest, Decision, Instance } from "../../sdk/types.ts";
import { api } from "../api/client.ts";
import { helpFor } from "../api/help.ts";
import { instanceLink, requestLink } from "../ui/links.ts";
import { now } from "../ui/now.ts";
import { State } from "../ui/state.tsx";
import { Countdown, Time } from "../ui/time.tsx";
import { covers } from "./covers.ts";
import { shortVerdict } from "./decision-words.ts";
import { isOld, reachedBy, stateTone, tellingTags } from "./words.ts";

interface InstanceRowProps {
  readonly instance: Instance;
  readonly index: number;
  /** The caller's own open access requests. */
  readonly requests: readonly AccessRequest[];
  /** What the list is filtered by. */
  readonly shownTags: Readonly<Record<string, string>>;
}

/** An instance in a list: a row, or on a narrow screen a card. */
export function InstanceRow({ instance, index, requests, shownTags }: InstanceRowProps) {
  const { instanceId, name, state, accountId, region, addresses, tags } = instance;
  const shown = addresses.toSorted((one, other) => Number(other.primary) - Number(one.primary)).slice(0, 2);
  const covering = requests.find((request) => covers(request, instance));
  return (
    <tr aria-rowindex={index + 2}>
      <td>
        <a class="name" href={instanceLink(instance)}>
          <bdi>{name ?? instanceId}</bdi>
        </a>
        {name === undefined ? null : <code>{instanceId}</code>}
      </td>
      <td>
        <State tone={stateTone(state)}>{state}</State>
        <Seen instance={instance} />
      </td>
      <td>
        <code>{accountId}</code> <code>{region}</code>
      </td>
      <td>
        {shown.map(({ address }, at) => (
          <code key={address}>
            {address}
            {at === 1 && addresses.length > 2 ? <small> +{addresses.length - 2}</small> : " "}
          </code>
        ))}
      </td>
      <td>{reachedBy(instance) ?? <small>not now</small>}</td>
      <td>
        <div class="tags">
          {tellingTags(tags, shownTags, 3).map(([key, value]) => (
            <Fragment key={key}>
              <span class="tag">
                <bdi>{key}</bdi>=<bdi>{value}</bdi>
              </span>{" "}
            </Fragment>
          ))}
        </div>
      </td>
      <td>{covering === undefined ? <Check instance={instance} /> : <Covered by={covering} />}</td>
    </tr>
  );
}

/** Said only of what was seen long ago. */
function Seen({ instance }: { readonly instance: Instance }) {
  const { observedAt } = instance;
  if (observedAt === undefined || !isOld(instance, now.peek())) return null;
  return (
    <small>
      seen <Time at={observedAt} />
    </small>
  );
}

function Covered({ by: { id, status, expiresAt } }: { readonly by: AccessRequest }) {
  return (
    <a class="plain" href={requestLink(id)}>
      <State tone={status === "active" ? "good" : "waiting"}>{status}</State>
      {status === "active" && expiresAt !== undefined ? (
        <small>
          <Countdown until={expiresAt} />
        </small>
      ) : null}
    </a>
  );
}

type Checked = Decision | "asked" | { readonly error: unknown };

/**
 * What policy says, for one instance at a time: for all that are on the screen it would take the caller's whole rate, and much
 * of EC2's.
 */
function Check({ instance: { instanceId, accountId, region, name } }: { readonly instance: Instance }) {
  const checked = useSignal<Checked | undefined>(undefined);
  const { value } = checked;
  const check = async () => {
    checked.value = "asked";
    checked.value = await api()
      .call("decide", { instanceId, accountId, region })
      .catch((error: unknown) => ({ error }));
  };
  if (value === undefined || value === "asked") {
    return (
      <button
        type="button"
        class="quiet check"
        aria-label={`Check what you may do on ${name ?? instanceId}`}
        onClick={check}
        disabled={value === "asked"}
      >
        {value === "asked" ? "Checking…" : "Check"}
      </button>
    );
  }
  const { tone, title } =
    "error" in value ? { tone: "neutral" as const, title: helpFor(value.error).title } : shortVerdict(value);
  return (
    <span role="status">
      <State tone={tone}>{title}</State>
    </span>
  );
}
