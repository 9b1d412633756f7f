import { isPlace, type Place } from "../../contract/place.ts";

type MaybePlaced = { readonly [Key in keyof Place]?: Place[Key] | undefined };

/** What says to the API which instance is meant. */
export interface InstanceKey extends Partial<Place> {
  readonly instanceId: string;
}

/** What a response says of an instance. */
export interface Located extends Place {
  readonly instanceId: string;
}

/** Where an instance is; undefined if that is not known, or nothing that the API could be told. */
export const placeOf = ({ accountId = "", region = "" }: MaybePlaced): Place | undefined =>
  isPlace({ accountId, region }) ? { accountId, region } : undefined;

/** `text@ACCOUNT/REGION` */
export const withPlace = (text: string, at: Place | undefined): string =>
  at === undefined ? text : `${text}@${at.accountId}/${at.region}`;

/** What says which instance of a response is meant: to the API, and on a command line. */
export const keyOf = (instance: Located): InstanceKey => ({
  instanceId: instance.instanceId,
  ...placeOf(instance),
});
export const handleOf = (instance: Located): string => withPlace(instance.instanceId, placeOf(instance));
