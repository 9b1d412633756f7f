import { complaintsAboutProvider } from "./check-console.ts";
import { type Complaint, complaintsAboutRepeated } from "./complaint.ts";
import type { Settings } from "./settings.ts";

/** Finds a Slack app that nobody could link to, or that announces requests to a group that there is not. */
export function complaintsAboutSlack({ slack, identities, groups }: Settings): Complaint[] {
  if (!slack) return [];
  const { signIn, workspaces, enterprises = [], channels } = slack;
  return [
    ...complaintsAboutProvider(["slack", "signIn"], signIn, identities.oidc ?? []),
    ...complaintsAboutRepeated(["slack", "workspaces"], workspaces),
    ...complaintsAboutRepeated(["slack", "enterprises"], enterprises),
    ...channels.flatMap(({ group }, index) =>
      group === undefined || Object.hasOwn(groups, group)
        ? []
        : [{ path: ["slack", "channels", index, "group"], message: `no group of groups is named ${group}` }],
    ),
  ];
}
