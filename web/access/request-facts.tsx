import type { ComponentChildren } from "preact";
import { neverSeenWords, requirementsWords, reviewerNames } from "../../contract/requirements-words.ts";
import type { AccessRequest, Instance } from "../../sdk/types.ts";
import { instanceLink, instancesLink } from "../ui/links.ts";
import { State } from "../ui/state.tsx";
import { tagQuery } from "../ui/tag-query.ts";
import { Time } from "../ui/time.tsx";
import { Tags } from "./request-target.tsx";
import { approvalCount, endOf, lengthWords } from "./request-words.ts";
import { showUtc } from "./start-time.ts";

interface FactsProps {
  readonly request: AccessRequest;
  /** The instance, if the viewer may see it. */
  readonly instance?: Instance | undefined;
}

/** What a reviewer must know to decide, and what the subject waits for. */
export function RequestFacts({ request, instance }: FactsProps) {
  const { subject, requestedBy, subjectSeen, osUser, breakGlass, createdAt, status } = request;
  const { startsAt, activatedAt, noPushesAfter } = request;
  const endsAt = endOf(request);
  return (
    <dl class="facts">
      <ScopeFact request={request} instance={instance} />
      <Fact name="For">
        <bdi>{subject}</bdi>
        {requestedBy === subject ? null : (
          <>
            , asked for by <bdi>{requestedBy}</bdi>
          </>
        )}
        {subjectSeen === false ? <p class="error">{neverSeenWords(subject)}</p> : null}
      </Fact>
      <Fact name="OS user">
        <code>{osUser}</code>
      </Fact>
      <Fact name="How long">{lengthWords(request)}</Fact>
      {startsAt === undefined ? null : (
        <Fact name="Starts">
          <Time at={startsAt} /> ({showUtc(startsAt)})
        </Fact>
      )}
      {breakGlass ? (
        <Fact name="Break-glass">
          <State tone="bad">Taken without review</State>
        </Fact>
      ) : (
        <ApprovalsFact reviewed={request} isPending={status === "pending"} />
      )}
      <Fact name="Asked">
        <Time at={createdAt} />
      </Fact>
      {activatedAt === undefined || endsAt === undefined ? null : (
        <Fact name="Access">
          <Time at={activatedAt} /> to <Time at={endsAt} />
        </Fact>
      )}
      {noPushesAfter === undefined ? null : (
        <Fact name="Last key" span="always">
          No key is pushed after <Time at={noPushesAfter} />. A pushed key stays valid for its full 60 seconds, and an
          open SSH session continues.
        </Fact>
      )}
    </dl>
  );
}

function ScopeFact({ request: { scope, instanceName }, instance }: FactsProps) {
  if (!("tags" in scope)) {
    const name = instance?.name ?? instanceName;
    return (
      <Fact name="Instance" span="narrow">
        {name ? (
          <>
            <a href={instanceLink(instance ?? scope)}>
              <bdi>{name}</bdi>
            </a>{" "}
          </>
        ) : null}
        <code>{scope.instanceId}</code>
        {instance ? (
          <p class="hint">
            {instance.accountId}, {instance.region}
          </p>
        ) : null}
      </Fact>
    );
  }
  const { tags, accountId, region } = scope;
  return (
    <Fact name="Instances" span="always">
      all with <Tags tags={tags} />
      {accountId === undefined ? null : ` in ${accountId}, ${region}`}
      <p class="hint">
        <a href={instancesLink({ ...tagQuery(tags), accountId, region })}>Those it covers now</a>. At each connection
        policy decides on all tags of the instance, and counts approvals by those who may review there.
      </p>
    </Fact>
  );
}

interface ApprovalsProps {
  readonly reviewed: Pick<AccessRequest, "requirements" | "reviews">;
  readonly isPending: boolean;
}

/** How many approvals there are, and whose are still welcome. */
export function ApprovalsFact({ reviewed, isPending }: ApprovalsProps) {
  const { requirements } = reviewed;
  const { approvals, alternatives, reviewers } = requirements;
  return (
    <Fact name="Approvals">
      {approvals === 0 && !alternatives ? "None needed" : approvalCount(reviewed)}
      {alternatives ? ` (enough: ${requirementsWords({ ...requirements, reason: false })})` : null}
      {isPending && reviewers ? (
        <p class="hint">
          Can approve: <bdi>{reviewerNames(reviewers)}</bdi>
        </p>
      ) : null}
    </Fact>
  );
}

interface FactProps {
  readonly name: string;
  /** Whether it has a line of its own: always, or if the page is narrow. */
  readonly span?: "always" | "narrow";
  readonly children: ComponentChildren;
}

/** A fact with its name, in a list of them. */
export function Fact({ name, span, children }: FactProps) {
  return (
    <div class={span && `span-${span}`}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
