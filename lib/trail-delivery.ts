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
  /** The permission that Lambda checks before it creates the mapping. */
  readonly mayRead: IDependable;
}

/**
 * Delivers events from the table's stream to the bus, and runs the sweep each minute.
 *
 * A failed record is retried until it leaves the stream, after a day: without a limit on age or attempts, and without a
 * dead-letter queue. Such a queue would get only the record's position in the stream, where it is gone after the same day, while
 * later records would overtake it. If the function is fixed in time, nothing is lost; alarms fire within minutes.
 */
export class TrailDelivery extends Construct {
  constructor(scope: Construct, id: string, { projector, sweep, streamArn, mayRead }: TrailDeliveryProps) {
    super(scope, id);
    const mapping = new EventSourceMapping(this, "Stream", {
      target: projector,
      eventSourceArn: streamArn,
      // Records written before the mapping exists belong to the trail too.
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [FilterCriteria.filter(streamFilter)],
      batchSize: streamBatchSize,
      // In the order of the stream, one batch at a time.
      parallelizationFactor: 1,
      reportBatchItemFailures: true,
      bisectBatchOnError: true,
    });
    mapping.node.addDependency(mayRead);

    new Rule(this, "EachMinute", {
      description: "Latchkey: due work",
      schedule: Schedule.rate(Duration.minutes(1)),
      // The next minute's sweep does what this one leaves.
      targets: [new LambdaFunction(sweep, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
    sweep.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  }
}
