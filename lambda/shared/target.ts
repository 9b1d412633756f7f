/** An AWS account and region whose instances Latchkey serves. */
export interface Target {
  readonly partition: string;
  readonly accountId: string;
  readonly region: string;
}
