import * as fields from "../../contract/fields.ts";
import { ofInstance } from "../../contract/scope.ts";

/** The fields that say which instance, and as which OS user. */
export const oneInstance = { instanceId: fields.instanceId, ...ofInstance };
export const asOsUser = { ...oneInstance, osUser: fields.options.osUser };

interface Key {
  readonly instanceId: string;
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
}

/** The same, for the API. */
export const keyOf = ({ instanceId, accountId, region }: Key): Key => ({ instanceId, accountId, region });
