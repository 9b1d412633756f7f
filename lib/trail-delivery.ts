import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { EventSourceMapping, FilterCriteria, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { Construct, type IDependable } from "constructs";
import type { LatchkeyFunction } from "./latchkey-function.ts";
import { streamBatchSize, streamFilter } from "./stream-filter.ts";

export interface TrailDeliveryProps {
  readonly projector: LatchkeyFunction;
  readonly sweep: LatchkeyFunction;
  readonly streamArn: string;
  /** What lets Lambda read the stream: it looks before it takes the mapping. */
  readonly mayRead: IDependable;
}

/**
 * Brings events from the table's stream to the bus, and whatever time changes to the stream.
 *
 * A record that fails is tried again until it leaves the stream, after a day: no bound on its age or on the attempts, and
 * no queue of failures. Such a queue would get no more than the record's place in the stream, where it is gone after the
 * same day, while the records behind it would have gone on. A function that is mended in time has lost nothing; alarms
 * tell within minutes that it needs to be.
 */
export class TrailDelivery extends Construct {
  constructor(scope: Construct, id: string, { projector, sweep, streamArn, mayRead }: TrailDeliveryProps) {
    super(scope, id);
    const mapping = new EventSourceMapping(this, "Stream", {
      target: projector,
      eventSourceArn: streamArn,
      // What was written before the mapping was there is of the trail too.
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [FilterCriteria.filter(streamFilter)],
      batchSize: streamBatchSize,
      // In the order of the stream, one batch after the other.
      parallelizationFactor: 1,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
    });
    mapping.node.addDependency(mayRead);

    new Rule(this, "EachMinute", {
      description: "Latchkey: what is due",
      schedule: Schedule.rate(Duration.minutes(1)),
      // The next minute's sweep does all that this one has not.
      targets: [new LambdaFunction(sweep, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
    sweep.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  }
}
