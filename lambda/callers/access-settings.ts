import type { AccessSettings } from "../access/ports.ts";
import { policyClock } from "../policy/policy-time.ts";
import type { IdentitySettings, SharedSettings } from "../shared/settings.ts";
import { possibleGroups, reviewerSources } from "./identities.ts";

/** What decides over access requests besides policy, as the settings have it. */
export const accessSettingsOf = (
  settings: IdentitySettings & Pick<SharedSettings, "callerQuotas" | "integrations" | "timeZone" | "scopeTags">,
): AccessSettings => ({
  quotas: settings.callerQuotas,
  possibleGroups: (id) => possibleGroups(settings, id),
  integrations: settings.integrations,
  ...reviewerSources(settings),
  policyTime: policyClock(settings.timeZone),
  scopeTags: settings.scopeTags,
});
