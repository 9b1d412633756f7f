import { RemovalPolicy } from "aws-cdk-lib";
import {
  AttributeType,
  Billing,
  type GlobalSecondaryIndexPropsV2,
  ProjectionType,
  StreamViewType,
  TableV2,
} from "aws-cdk-lib/aws-dynamodb";
import type { Construct } from "constructs";
import { indexes } from "../lambda/aws/dynamodb/table-keys.ts";

/**
 * The one table: connections, access requests, events, host keys. Its stream carries every change of state with the events
 * that it made.
 */
export class TrailTable extends TableV2 {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      partitionKey: { name: "pk", type: AttributeType.STRING },
      sortKey: { name: "sk", type: AttributeType.STRING },
      globalSecondaryIndexes: Object.values(indexes).map(indexProps),
      billing: Billing.onDemand(),
      dynamoStream: StreamViewType.NEW_IMAGE,
      // It only cleans up: whatever has a time of its own is judged by that.
      timeToLiveAttribute: "deleteAt",
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      // Who could log in where, and when, outlives the stack.
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  get streamArn(): string {
    if (this.tableStreamArn === undefined) throw new Error("The table has no stream");
    return this.tableStreamArn;
  }
}

function indexProps({ name, partition, sort }: (typeof indexes)[keyof typeof indexes]): GlobalSecondaryIndexPropsV2 {
  return {
    indexName: name,
    partitionKey: { name: partition, type: AttributeType.STRING },
    sortKey: { name: sort, type: AttributeType.STRING },
    // A list answers with nearly all of an item, and most items are in no index.
    projectionType: ProjectionType.ALL,
  };
}
