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
import { indexes, projectedIn } from "../lambda/aws/dynamodb/table-keys.ts";

/**
 * The only table: connections, access requests, events, host keys. Its stream has every change of state with its events.
 */
export class TrailTable extends TableV2 {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      partitionKey: { name: "pk", type: AttributeType.STRING },
      sortKey: { name: "sk", type: AttributeType.STRING },
      globalSecondaryIndexes: Object.values(indexes).map(indexProps),
      billing: Billing.onDemand(),
      dynamoStream: StreamViewType.NEW_IMAGE,
      // It only cleans up: code that depends on a time checks that time itself.
      timeToLiveAttribute: "deleteAt",
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      // The record of who could log in where outlives the stack.
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  get streamArn(): string {
    if (this.tableStreamArn === undefined) throw new Error("The table has no stream");
    return this.tableStreamArn;
  }
}

function indexProps(index: (typeof indexes)[keyof typeof indexes]): GlobalSecondaryIndexPropsV2 {
  const nonKeyAttributes = projectedIn(index);
  return {
    indexName: index.name,
    partitionKey: { name: index.partition, type: AttributeType.STRING },
    sortKey: { name: index.sort, type: AttributeType.STRING },
    // A list returns nearly all of an item, and most items are in no index.
    ...(nonKeyAttributes
      ? { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...nonKeyAttributes] }
      : { projectionType: ProjectionType.ALL }),
  };
}
